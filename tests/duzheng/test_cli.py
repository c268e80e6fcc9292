"""The command line keeps its contract: what is printed where, and with which exit status."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from duzheng import __version__, cli

PLAN = """甲子县教育局关于印发城乡学校共同体建设工作方案的通知
甲教〔2025〕8号
各中小学：
现将《甲子县城乡学校共同体建设工作方案》印发给你们，请认真贯彻执行。
一、工作目标
到2025年底，全县75%以上的乡村学校纳入城乡学校共同体。
二、主要措施
（一）每学期至少组织1次全员培训。
甲子县教育局
2025年10月20日
"""

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "方案.txt"
    path.write_text(PLAN, encoding="utf-8")
    return path


def one_line(text: str) -> bool:
    return text.startswith("duzheng: ") and text.endswith("\n") and text.count("\n") == 1


def test_version_and_help_are_printed(run: Run) -> None:
    assert run("--version") == (0, f"duzheng {__version__}\n", "")
    status, out, err = run("--help")
    assert (status, err) == (0, "")
    for command in ("parse", "check", "ingest", "search", "show", "packs", "demo", "doctor"):
        assert command in out


@pytest.mark.parametrize(
    "arguments",
    [
        ["chek"],
        ["parse"],
        ["parse", "--format", "yaml", "x"],
        ["parse", "nowhere.txt"],
        ["ingest", "nowhere.txt"],
        ["check", "nowhere.txt", "--requirements", "henan-2025"],
        ["check", "方案.txt", "--requirements", "no-such-pack"],
        ["check", "方案.txt", "--requirements", "henan-2025", "--fail-on", "bad"],
        ["check", "方案.txt", "--requirements", "henan-2025", "--today", "yesterday"],
        ["packs", "show", "no-such-pack"],
        ["packs", "show", "方案.txt"],
    ],
)
def test_wrong_usage_is_one_line_and_status_2(run: Run, plan: Path, arguments: list[str]) -> None:
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert one_line(err), err


def test_parse_prints_only_json_on_standard_output(run: Run, plan: Path) -> None:
    status, out, err = run("parse", plan, "--format", "json")
    assert (status, err) == (0, "")
    (document,) = json.loads(out)
    assert document["document_number"] == "甲教〔2025〕8号"
    assert document["source"]["uri"] == str(plan)
    for target in document["targets"]:
        assert document["text"][target["span"]["start"] : target["span"]["end"]]


def test_a_bad_file_among_good_ones_costs_status_1_and_one_line(run: Run, plan: Path, tmp_path: Path) -> None:
    (tmp_path / "空.txt").write_bytes(b"")
    status, out, err = run("parse", tmp_path, "--format", "json")
    assert status == 1
    assert [document["source"]["uri"] for document in json.loads(out)] == [str(plan)]
    assert one_line(err)
    assert "空.txt" in err


def test_many_files_are_read_by_several_processes_in_their_order(run: Run, tmp_path: Path) -> None:
    for n in range(12):
        (tmp_path / f"{n:02}.txt").write_text(PLAN.replace("8号", f"{n}号"), encoding="utf-8")
    (tmp_path / "05.txt").write_bytes(b"")
    status, out, err = run("parse", tmp_path, "--format", "json")
    assert status == 1
    names = [Path(document["source"]["uri"]).name for document in json.loads(out)]
    assert names == [f"{n:02}.txt" for n in range(12) if n != 5]
    assert one_line(err)


def test_nothing_readable_still_prints_an_empty_array(run: Run, tmp_path: Path) -> None:
    (tmp_path / "空.txt").write_bytes(b"")
    status, out, _ = run("parse", tmp_path / "空.txt", "--format", "json")
    assert (status, json.loads(out)) == (1, [])


def test_a_file_without_permission_is_told_and_the_rest_is_read(run: Run, plan: Path, tmp_path: Path) -> None:
    locked = tmp_path / "锁.txt"
    locked.write_text(PLAN, encoding="utf-8")
    locked.chmod(0)
    if os.access(locked, os.R_OK):
        pytest.skip("this user may read everything")
    status, out, err = run("parse", tmp_path, "--format", "json")
    assert (status, len(json.loads(out))) == (1, 1)
    assert one_line(err)


def test_the_table_for_people_names_number_and_title(run: Run, plan: Path) -> None:
    status, out, err = run("parse", plan)
    assert (status, err) == (0, "")
    assert "甲教〔2025〕8号" in out.replace("\n", "")


def test_check_gives_every_requirement_a_verdict_with_byte_exact_evidence(run: Run, plan: Path) -> None:
    status, out, err = run("check", plan, "--requirements", "henan-2025", "--ignore-scope", "--format", "json")
    assert (status, err) == (0, "")
    (result,) = json.loads(out)
    assert [finding["requirement"] for finding in result["findings"]] == [f"R{n:02}" for n in range(1, 21)]
    assert sum(result["summary"].values()) == 20
    text = json.loads(run("parse", plan, "--format", "json")[1])[0]["text"]
    quotes = [evidence for finding in result["findings"] for evidence in finding["evidence"]]
    assert quotes
    for evidence in quotes:
        assert text[evidence["span"]["start"] : evidence["span"]["end"]] == evidence["quote"]


def test_fail_on_gives_status_3_only_when_the_verdict_occurs(run: Run, plan: Path) -> None:
    command = ["check", plan, "--requirements", "henan-2025", "--ignore-scope", "--format", "json"]
    occurring = set(json.loads(run(*command)[1])[0]["summary"])
    absent = {"met", "not_met", "not_found", "conflict", "partial"} - occurring
    assert run(*command, "--fail-on", ",".join(occurring))[0] == 3
    assert run(*command, "--fail-on", ",".join(absent))[0] == 0


def test_without_a_pack_and_a_known_province_check_says_how_to_name_one(run: Run, plan: Path) -> None:
    status, out, err = run("check", plan, "--format", "json")
    assert (status, json.loads(out)) == (0, [])
    assert one_line(err)
    assert "--requirements" in err


def test_packs_are_listed_shown_and_described(run: Run) -> None:
    assert {pack["id"] for pack in json.loads(run("packs", "list", "--format", "json")[1])} == {
        "henan-2025",
        "zhejiang-2021",
    }
    assert run("packs")[1] == run("packs", "list")[1]
    assert "R20" in run("packs", "show", "henan-2025")[1]
    assert json.loads(run("packs", "schema")[1])["title"] == "Pack"


def test_show_gives_every_fact_its_line(run: Run, plan: Path) -> None:
    status, out, err = run("show", plan)
    assert (status, err) == (0, "")
    assert "甲教〔2025〕8号  第2行" in out
    assert "一 工作目标  第5行" in out.replace("、", "")


def test_control_characters_of_a_document_do_not_reach_the_terminal(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text(PLAN.replace("工作目标", "工作\x1b[2J目标"), encoding="utf-8")
    for command in (["show", path], ["parse", path], ["check", path, "--requirements", "henan-2025", "--ignore-scope"]):
        assert "\x1b" not in run(*command)[1]


@pytest.mark.parametrize("command", [["search", "共同体"], ["show", "0123456789abcdef"]])
def test_a_missing_corpus_is_one_line_with_the_way_out(run: Run, command: list[str]) -> None:
    status, out, err = run(*command)
    assert (status, out) == (1, "")
    assert one_line(err)
    assert "duzheng ingest" in err


def test_an_unexpected_error_is_one_line_unless_debug_is_asked_for(
    run: Run, plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(*_: object) -> object:
        raise ZeroDivisionError("nobody\nexpected this")

    monkeypatch.setattr("flows.discover.files", explode)
    status, out, err = run("parse", plan)
    assert (status, out) == (1, "")
    assert one_line(err)
    assert "--debug" in err
    with pytest.raises(ZeroDivisionError):
        cli.main(["parse", str(plan), "--debug"])


def test_an_interruption_is_one_line_and_status_130(run: Run, plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr("flows.discover.files", interrupt)
    status, out, err = run("parse", plan)
    assert (status, out) == (130, "")
    assert one_line(err)


@pytest.mark.parametrize(("name", "value"), [("DUZHENG_SECONDS", "soon"), ("DUZHENG_WORKERS", "-1")])
def test_a_bad_setting_is_told(run: Run, plan: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    status, _, err = run("ingest", plan)
    assert status == 2
    assert one_line(err)
    assert name in err


def test_doctor_lists_readers_and_engines_with_versions(run: Run) -> None:
    _, out, _ = run("doctor", "--format", "json")
    found = {finding["name"]: finding for finding in json.loads(out)}
    assert {"text", "docx", "pdf", "opencc", "tantivy", "prefect", "sqlite", "LibreOffice", "disk"} <= set(found)
    assert found["opencc"]["version"]
    for finding in found.values():
        assert finding["available"] or finding["cure"]


HEAVY = ("prefect", "pandas", "fastapi", "uvicorn")


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["parse", "方案.txt"], ["check", "方案.txt", "--requirements", "henan-2025"], ["search", "共同体"]],
)
def test_quick_commands_import_nothing_heavy(plan: Path, tmp_path: Path, arguments: list[str]) -> None:
    from corpus.corpus import Corpus

    with Corpus.open(tmp_path / "duzheng-data", create=True):
        pass
    program = (
        "import sys\n"
        "from duzheng.cli import main\n"
        "try:\n"
        f"    main({arguments!r})\n"
        "finally:\n"
        f"    print('heavy:', [m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)\n"
    )
    run = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.stderr.endswith("heavy: []\n"), run.stderr


def test_help_validates_nothing() -> None:
    """Models are made when something is read; the list of commands needs none, and comes at once."""
    program = (
        "import sys\n"
        "from duzheng.cli import main\n"
        "try:\n"
        "    main(['--help'])\n"
        "finally:\n"
        "    print([m for m in ('pydantic', 'yaml', 'lxml', 'httpx') if m in sys.modules], file=sys.stderr)\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert run.stderr.endswith("[]\n"), run.stderr


def test_names_in_gb18030_on_the_disk_are_read_and_shown(run: Run, tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/" + "方案一.txt".encode("gb18030")
    with open(raw, "wb") as file:  # noqa: PTH123
        file.write(PLAN.encode())
    status, out, _ = run("parse", tmp_path, "--format", "json")
    assert status == 0
    assert [Path(document["source"]["uri"]).name for document in json.loads(out)] == ["方案一.txt"]


def test_output_cut_off_by_the_reader_is_no_error(plan: Path) -> None:
    command = f"{shlex.quote(sys.executable)} -m duzheng packs show henan-2025 --format json | head -c 10"
    run = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert run.stderr == ""
