"""``duzheng sources``: added, listed, shown and tried."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

import duzheng
from tests.sources.site import Site, notice
from tests.sources.site.faults import FaultKind

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def written(site: Site, tmp_path: Path) -> Path:
    """A source file of the local site, which has three notices."""
    for n in (1, 2, 3):
        site.publish(notice(n))
    path = tmp_path / "site.yaml"
    content = site.definition("list").model_dump(mode="json", exclude_unset=True)
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")
    return path


def test_a_source_is_added_listed_and_shown(run: Run, written: Path, tmp_path: Path) -> None:
    assert run("sources", "list")[0] == 0
    assert run("sources", "add", written)[0] == 0
    assert (tmp_path / "duzheng-data" / "sources" / "site-list.yaml").is_file()
    status, out, _ = run("sources")
    assert status == 0
    assert "site-list" in out
    assert "列表页" in out
    assert "ul.news_list" in run("sources", "show", "site-list")[1]
    assert json.loads(run("sources", "list", "--format", "json")[1])[0]["id"] == "site-list"


def test_a_source_that_is_not_valid_is_wrong_usage_in_one_line(run: Run, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("id: a\ntitle: b\nkind: list\nurl: https://a.example.cn/\nselectors: {item: 'li['}\n", "utf-8")
    status, _, err = run("sources", "add", bad)
    assert status == 2
    assert f"{bad}: line 5: selectors.item" in err
    assert err.count("\n") == 1
    assert not (tmp_path / "duzheng-data").exists()


def test_one_bad_file_does_not_hide_the_other_sources(run: Run, written: Path, tmp_path: Path) -> None:
    run("sources", "add", written)
    (tmp_path / "duzheng-data" / "sources" / "bad.yaml").write_text("{}", "utf-8")
    status, out, err = run("sources", "list")
    assert (status, "site-list" in out, "bad.yaml: line 1" in err) == (1, True, True)


def test_a_trial_shows_what_would_be_taken_and_stores_nothing(run: Run, written: Path, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    status, out, err = run("sources", "test", written)
    assert (status, err) == (0, "")
    assert "3 项 items：新 new 3，已知 known 0" in out
    assert "2025-09-03" in out
    assert "云教发〔2025〕3号" in out.replace("\n", "")  # the header of the first document
    assert sorted(tmp_path.rglob("*")) == before


def test_a_trial_as_json_holds_items_and_the_first_document(run: Run, written: Path) -> None:
    trial = json.loads(run("sources", "test", written, "--format", "json")[1])
    assert [item["state"] for item in trial["items"]] == ["new"] * 3
    assert trial["first"]["documents"][0]["document_number"] == "云教发〔2025〕3号"
    assert json.loads(run("sources", "test", written, "--list-only", "--format", "json")[1])["first"] is None


def test_a_trial_of_a_redesigned_site_names_file_line_and_field(run: Run, written: Path, site: Site) -> None:
    site.redesign()
    status, out, err = run("sources", "test", written)
    assert "0 项" not in out
    line = next(n for n, text in enumerate(written.read_text("utf-8").splitlines(), 1) if "item:" in text)
    assert status == 1
    assert f"{written}: line {line}: selectors.item 'ul.news_list > li'" in err


@pytest.mark.parametrize(("kind", "cause"), [("block", "block_page"), ("login", "login_page"), ("error", "error_page")])
@pytest.mark.parametrize("path", ["/zwgk/tzgg/index.html", "/art/2025/9/3/art_3.html"])
def test_a_page_that_stands_in_for_another_is_told(
    run: Run, written: Path, site: Site, path: str, kind: FaultKind, cause: str
) -> None:
    site.fail(path, kind)
    status, out, _ = run("sources", "test", written, "--format", "json")
    assert status == 1
    assert [failure["cause"] for failure in json.loads(out)["failures"]] == [cause]


def test_a_trial_holds_the_list_against_the_assertions(run: Run, written: Path) -> None:
    written.write_text(written.read_text("utf-8") + "assertions:\n  min_items: 30\n", "utf-8")
    status, out, err = run("sources", "test", written, "--list-only")
    assert status == 1
    assert "3 项 items" in out
    assert "assertions.min_items" in err


def test_a_trial_of_an_upload_folder_says_who_submitted_and_what_waits(run: Run, tmp_path: Path) -> None:
    done, busy = tmp_path / "in" / "上畈小学" / "总结.txt", tmp_path / "in" / "下畈小学" / "总结.txt"
    for path in (done, busy):
        path.parent.mkdir(parents=True)
        path.write_text("上畈小学2025年校共体建设工作总结\n一、基本情况。学校共有教师20人。\n", "utf-8")
    os.utime(done, (time.time() - 600,) * 2)
    source = tmp_path / "up.yaml"
    source.write_text(f"{{id: up, title: 学校报送, kind: upload, url: {tmp_path / 'in'}}}", "utf-8")
    status, out, _ = run("sources", "test", source)
    assert status == 0
    assert "上畈小学" in out
    assert str(busy) in out.replace("\n", "")


@pytest.mark.parametrize("form", ["table", "json"])
def test_passwords_are_not_shown(run: Run, written: Path, form: str) -> None:
    written.write_text(written.read_text("utf-8") + "headers: {Cookie: geheim}\nproxy: http://u:geheim@p:1\n", "utf-8")
    assert run("sources", "add", written)[0] == 0
    for command in (("show", "site-list"), ("list",)):
        status, out, _ = run("sources", *command, "--format", form)
        assert status == 0
        assert "geheim" not in out


def test_a_source_that_is_not_there_is_wrong_usage(run: Run) -> None:
    status, _, err = run("sources", "test", "nowhere")
    assert status == 2
    assert "nowhere" in err


def test_the_schema_is_printed(run: Run) -> None:
    assert "selectors" in json.loads(run("sources", "schema")[1])["properties"]


@pytest.mark.slow
@pytest.mark.usefixtures("shared_prefect")
def test_a_run_takes_in_what_is_new_and_a_trial_then_knows_it(run: Run, written: Path, site: Site) -> None:
    assert run("sources", "add", written)[0] == 0
    status, out, err = run("sources", "run", "site-list", "--format", "json")
    assert (status, err) == (0, "")
    (first,) = json.loads(out)
    assert (first["status"], first["listed"], first["documents"], first["changes"]["new"]) == ("ok", 3, 3, 3)
    site.publish(notice(4))
    assert "新 new 1，已知 known 3" in run("sources", "test", "site-list", "--list-only")[1]
    site.redesign()
    status, out, err = run("sources", "run", "--all")
    assert status == 1
    assert "失败 failed" in out
    assert "selectors.item 'ul.news_list > li'" in err
    assert err.count("\n") == 1


def test_a_run_of_nothing_is_wrong_usage(run: Run, written: Path) -> None:
    assert run("sources", "run")[0] == 2
    assert run("sources", "run", "--all", "site-list")[0] == 2
    assert run("sources", "run", "site-list")[0] == 2
    assert run("sources", "run", "--all")[:2] == (0, "0 次运行 runs，失败 failed 0\n")


def test_python_gives_what_the_commands_print(run: Run, written: Path, tmp_path: Path) -> None:
    with duzheng.open_corpus(tmp_path / "duzheng-data", create=True) as corpus:
        added = corpus.sources.add(written)
        assert [one.id for one in corpus.sources.list()] == [added.id] == ["site-list"]
        assert corpus.sources.show("site-list") == added
        trial = corpus.sources.test("site-list", list_only=True)
    out = run("sources", "test", "site-list", "--list-only", "--format", "json")[1]
    assert trial.model_dump(mode="json") == json.loads(out)
