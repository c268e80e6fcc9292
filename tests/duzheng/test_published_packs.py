"""A pack that was published in a corpus is known wherever a built-in one is, in each of its versions."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import duzheng
from checks import pack_shelf
from checks.pack import builtin
from duzheng import cli
from flows.judge import Judge
from schemas.errors import InvalidPack

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
PLAN = next((SAMPLES / "zhejiang" / "plans").rglob("*.txt"))


def _text(version: str, *, title: str = "浙江自定要求", severity: str = "") -> str:
    text = pack_shelf.find("zhejiang-2021", None).data.decode()
    text = re.sub(r"^version: .*$", f"version: {version}", text, count=1, flags=re.MULTILINE)
    text = re.sub(r"^title: .*$", f"title: {title}", text, count=1, flags=re.MULTILINE)
    return text.replace("severity: major", f"severity: {severity}", 1) if severity else text


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A corpus folder in which zhejiang-2021 was published twice."""
    pack_shelf.publish(tmp_path, _text("8.0.0"))
    pack_shelf.publish(tmp_path, _text("9.0.0", severity="minor"))
    return tmp_path


def _printed(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    with pytest.raises(SystemExit):
        cli.main([str(one) for one in arguments])
    return capsys.readouterr().out


def test_the_commands_about_packs_know_what_was_published(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = json.loads(_printed(capsys, "packs", "list", "--home", home, "--format", "json"))
    assert {one["id"]: one["version"] for one in listed}["zhejiang-2021"] == "9.0.0"
    assert len(listed) == len(builtin())
    assert "本库发布" in _printed(capsys, "packs", "list", "--home", home)
    shown = json.loads(_printed(capsys, "packs", "show", "zhejiang-2021", "--home", home, "--format", "json"))
    assert shown["title"] == "浙江自定要求"
    tested = json.loads(_printed(capsys, "packs", "test", "zhejiang-2021", "--home", home, "--format", "json"))
    assert tested
    changed = json.loads(
        _printed(capsys, "packs", "diff", "zhejiang-2021@8.0.0", "zhejiang-2021", "--home", home, "--format", "json")
    )
    assert changed["summary"]["looser"] == 1
    assert "9.0.0" in _printed(capsys, "packs", "export", "zhejiang-2021", tmp_path / "a.xlsx", "--home", home)


def test_the_version_that_was_published_last_judges_plans_and_an_earlier_one_when_it_is_named(home: Path) -> None:
    usual = duzheng.check(PLAN, home=home)
    named = duzheng.check(PLAN, home=home, requirements=["zhejiang-2021@8.0.0"])
    assert {one.pack.version for one in usual} == {"9.0.0"}
    assert {one.pack.version for one in named} == {"8.0.0"}
    assert {one.version for one in Judge(home=home).candidates if one.id == "zhejiang-2021"} == {"9.0.0"}
    assert all(one.pack.version != "9.0.0" for one in duzheng.check(PLAN, home=home / "elsewhere"))


def test_a_pack_that_supersedes_another_takes_its_place(home: Path) -> None:
    successor = _text("1.0.0").replace("id: zhejiang-2021", "id: zhejiang-2026\nsupersedes: [zhejiang-2021]", 1)
    pack_shelf.publish(home, successor)
    assert {one.pack.id for one in duzheng.check(PLAN, home=home)} == {"zhejiang-2026"}
    pack_shelf.publish(home, successor.replace("version: 1.0.0", "version: 1.1.0\nstatus: withdrawn", 1))
    assert {one.pack.id for one in duzheng.check(PLAN, home=home)} == {"zhejiang-2021"}


def test_a_published_version_never_changes(home: Path) -> None:
    before = {path.name: path.read_bytes() for path in home.rglob("*.yaml")}
    for text in (
        _text("9.0.0", title="改"),
        _text("8.0.0", title="改"),
        _text("8.5.0"),
        _text("9.9.9") + "status: draft\n",
    ):
        with pytest.raises(InvalidPack):
            pack_shelf.publish(home, text)
    assert {path.name: path.read_bytes() for path in home.rglob("*.yaml")} == before
    pack_shelf.publish(home, _text("9.0.0", severity="minor"))  # the same again is no change
    assert [pack.version for pack, _ in pack_shelf.versions(home, "zhejiang-2021")][-2:] == ["8.0.0", "9.0.0"]
    assert pack_shelf.next_version(home, "zhejiang-2021") == "9.1.0"


def test_a_name_that_nobody_knows_says_which_there_are(home: Path) -> None:
    (home / "packs" / "own-2026.yaml").write_text(_text("1.0.0").replace("id: zhejiang-2021", "id: own-2026", 1))
    with pytest.raises(InvalidPack, match="own-2026"):
        pack_shelf.load("nobody", home)
    with pytest.raises(InvalidPack, match=r"8\.0\.0.*9\.0\.0"):
        pack_shelf.load("zhejiang-2021@7.0.0", home)
