"""Source files: what is wrong with one is said with file, line and field."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from duzheng.web.language import half
from schemas.fetching import InvalidSource, Listed, Listing
from schemas.source import SourceDefinition
from sources import definitions
from sources.assertions import broken

GOOD = """\
id: yunting-notices
title: 云汀县教育局通知公告
url: https://jyj.yunting.example.cn/tz/
kind: list
schedule: 30 6 * * 1-5
selectors:
  item: ul.list > li
  date: span
paging: {pattern: "index_{page}.html", most: 20}
assertions:
  min_items: 5
"""

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a source file; returns its path."""

    def call(text: str = GOOD, name: str = "a.yaml") -> Path:
        path = tmp_path / "written" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    return call


def test_a_source_is_read_with_its_defaults(write: Write) -> None:
    source = definitions.load(write()).definition
    assert source.paging is not None
    assert (source.id, source.paging.most, source.retries, source.obey_robots) == ("yunting-notices", 20, 3, True)


@pytest.mark.parametrize(
    ("change", "line", "field", "says"),
    [
        (("kind: list", "kind: html"), 4, "kind", "'list'"),
        (("  date: span", "  datum: span"), 8, "selectors.datum", "unknown field"),
        (("title: 云汀县教育局通知公告\n", ""), 1, "title", "missing"),
        (("ul.list > li", "ul.list >"), 7, "selectors.item", "CSS selector"),
        (("30 6 * * 1-5", "30 25 * * 1-5"), 5, "schedule", "25 is no hour"),
        (("30 6 * * 1-5", "daily"), 5, "schedule", "five fields"),
        (("min_items: 5", "min_items: many"), 11, "assertions.min_items", "integer"),
        (("most: 20", "most: 0"), 9, "paging.most", "greater"),
        (('"index_{page}.html"', "index.html"), 9, "paging", "{page}"),
        (("https://", "ftp://"), 3, "url", "http://"),
        (("kind: list", "kind: list\ninclude: '(('"), 5, "include", "regular expression"),
        (("kind: list", "kind: list\ncharset: gb23l2"), 5, "charset", "character set"),
        (("kind: list", "kind: list\nnewer_than: yesterday"), 5, "newer_than", "date"),
        (("kind: list", "kind: list\nkind: json"), 5, "kind", "given twice"),
        (("kind: list", "kind: feed"), 6, "selectors", "只用于 list、json 类来源"),
        (("selectors:\n  item: ul.list > li\n  date: span\n", ""), 4, "kind", "needs selectors"),
        (("id: yunting-notices", "id: 云汀"), 1, "id", "pattern"),
        (("title: ", "title: ["), 3, "", "YAML"),
    ],
)
def test_what_is_wrong_is_said_with_file_line_and_field(
    write: Write, change: tuple[str, str], line: int, field: str, says: str
) -> None:
    path = write(GOOD.replace(*change))
    with pytest.raises(InvalidSource) as failed:
        definitions.load(path)
    assert str(failed.value).startswith(f"{path}: line {line}")
    assert f"{field}:" in str(failed.value)
    assert says in str(failed.value)
    assert "\n" not in str(failed.value)
    assert half("en", str(failed.value)).isascii() or "云汀" in str(failed.value)
    assert not re.search("[a-z]{3} [a-z]{2}", half("Hans", str(failed.value)).replace("ul.list > li", ""))


@pytest.mark.parametrize("text", ["", "- a\n", "\0", "id: [" * 5_000, "a: &a [x]\nb: &b [*a,*a]\n" * 2])
def test_what_is_no_source_is_refused(write: Write, text: str) -> None:
    with pytest.raises(InvalidSource):
        definitions.load(write(text))


@pytest.mark.parametrize("line", ["0 3 * * *", "*/15 8-18 * * 1-5", "0 6,18 1 * 0", "5 4 * * 7"])
def test_cron_lines_are_taken(write: Write, line: str) -> None:
    assert definitions.load(write(GOOD.replace("30 6 * * 1-5", f'"{line}"'))).definition.schedule == line


def test_a_folder_is_taken_from_where_the_file_stands(write: Write, tmp_path: Path) -> None:
    path = write("{id: up, title: 报送, kind: upload, url: ../in}")
    assert definitions.load(path).definition.url == str(tmp_path / "in")


def test_the_place_of_a_field_can_be_told_later(write: Write) -> None:
    path = write()
    assert definitions.load(path).place("selectors.item") == f"{path}: line 7"
    assert definitions.load(path).place("paging.script") == f"{path}: line 9"


class TestAFolderOfSources:
    """``<home>/sources``."""

    def test_all_are_found_by_id(self, write: Write) -> None:
        write(name="b.yaml")
        folder = write(GOOD.replace("yunting-notices", "aa"), "z.yml").parent
        write("not yaml: [", ".hidden.yaml")
        assert [one.definition.id for one in definitions.load_all(folder)] == ["aa", "yunting-notices"]
        assert definitions.find(folder, "aa").path == folder / "z.yml"

    def test_two_of_one_id_are_refused(self, write: Write) -> None:
        write()
        folder = write(name="b.yaml").parent
        with pytest.raises(
            InvalidSource, match=r"^written/b\.yaml: line 1: id: .* / yunting-notices is defined in written/a\.yaml too"
        ):
            definitions.load_all(folder)

    def test_one_bad_file_does_not_hide_the_others(self, write: Write) -> None:
        write()
        folder = write("{}", "bad.yaml").parent
        found, errors = definitions.load_valid(folder)
        assert ([one.definition.id for one in found], len(errors)) == (["yunting-notices"], 1)
        with pytest.raises(InvalidSource, match=r"^written/bad\.yaml: line 1"):
            definitions.find(folder, "bad")

    def test_no_folder_is_no_source(self, tmp_path: Path) -> None:
        assert definitions.load_all(tmp_path / "sources") == []
        with pytest.raises(InvalidSource, match="sources add"):
            definitions.find(tmp_path / "sources", "a")


class TestAdding:
    """``sources add``."""

    def test_the_file_is_kept_as_it_was_written(self, write: Write, tmp_path: Path) -> None:
        text = "# 每个工作日早上\n" + GOOD
        added = definitions.add(write(text), tmp_path / "home" / "sources")
        assert added.path == tmp_path / "home" / "sources" / "yunting-notices.yaml"
        assert added.path.read_text("utf-8") == text

    def test_an_earlier_one_is_replaced_only_when_asked(self, write: Write, tmp_path: Path) -> None:
        folder = tmp_path / "sources"
        definitions.add(write(), folder)
        file = write(GOOD.replace("min_items: 5", "min_items: 9"))
        with pytest.raises(InvalidSource, match="--replace"):
            definitions.add(file, folder)
        assert definitions.add(file, folder, replace=True).definition.assertions.min_items == 9
        assert [path.name for path in folder.iterdir()] == ["yunting-notices.yaml"]

    def test_a_path_that_would_mean_another_folder_is_refused(self, write: Write, tmp_path: Path) -> None:
        file = write("{id: up, title: 报送, kind: upload, url: in}")
        with pytest.raises(InvalidSource, match=f"write {file.parent / 'in'}"):
            definitions.add(file, tmp_path / "sources")


class TestAssertions:
    """What a run must find."""

    TODAY = datetime.date(2025, 3, 10)

    def broken(self, *ages: int | None, **assertions: int) -> list[str | None]:
        days = [None if age is None else self.TODAY - datetime.timedelta(days=age) for age in ages]
        items = [Listed(f"https://a.example.cn/{n}", "题", day) for n, day in enumerate(days)]
        source = SourceDefinition.model_validate(
            {"id": "a", "title": "t", "url": "https://a.example.cn/", "kind": "feed", "assertions": assertions}
        )
        errors = broken(source, Listing(items), self.TODAY)
        assert {error.cause for error in errors} <= {"assertion"}
        return [error.field for error in errors]

    def test_a_list_must_not_be_empty_unless_the_source_says_so(self) -> None:
        assert self.broken() == ["assertions.min_items"]
        assert self.broken(min_items=0) == []

    def test_fewer_items_than_demanded_are_a_failure(self) -> None:
        assert self.broken(1, 2, min_items=3) == ["assertions.min_items"]
        assert self.broken(1, 2, 3, min_items=3) == []

    def test_the_newest_item_must_not_be_too_old(self) -> None:
        assert self.broken(31, 400, newest_within_days=30) == ["assertions.newest_within_days"]
        assert self.broken(400, 30, newest_within_days=30) == []

    def test_dates_ahead_do_not_make_a_list_new_and_none_at_all_is_a_failure(self) -> None:
        assert self.broken(-20, 90, newest_within_days=30) == ["assertions.newest_within_days"]
        assert self.broken(None, newest_within_days=30) == ["assertions.newest_within_days"]
