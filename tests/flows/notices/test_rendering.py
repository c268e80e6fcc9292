"""What is promised of the words: three languages, nothing that is markup, nothing longer than a channel takes, nothing lost."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import flows.notices.rendering as rendering
from flows.notices.neutral import inert, one_line
from flows.notices.rendering import html, subject, text
from flows.notices.settings import Language
from schemas.digest import (
    PARTS,
    Digest,
    Due,
    Flagged,
    NewDocument,
    Part,
    Resolved,
    SourceNews,
    UnreadFile,
)
from schemas.document import Jurisdiction

PLACE = Jurisdiction(province="浙江省", city="温州市", county="樟坞县")
DAY = date(2025, 11, 3)


def digest(count: int = 1, title: str = "樟坞县实施方案") -> Digest:
    made = Digest(
        id="0123456789ab",
        target="x",
        day=DAY,
        since=datetime(2025, 11, 1, 20, 30, tzinfo=UTC),
        documents=[
            NewDocument(
                id=f"{n:024x}", title=title, issuer="樟坞县教育局", document_number="樟教〔2025〕1号",
                dated_on=date(2025, 10, 30), jurisdiction=PLACE, uri="a.pdf", changed=True,
            )
            for n in range(count)
        ],
        findings=[
            Flagged(
                finding="Z04-6021a28b818016e4", jurisdiction=PLACE, unit="浙江省温州市樟坞县", plan="p", plan_title=title,
                requirement="同步课堂节数", clause="c", severity="major", verdict="not_met", before="not_found",
                change="changed", lines=[f"要求：{title}", "查了什么：全文", "找到什么：“不少于15节”", "怎样判定：不符合", "建议整改：写明"],
            )
            for _ in range(count)
        ],
        resolved=[
            Resolved(
                finding="Z05", jurisdiction=PLACE, unit="浙江省温州市樟坞县", requirement=title, before="not_found",
                verdict="met", how="met",
            )
        ],
        due=[
            Due(
                kind="rectification", finding="Z06", jurisdiction=PLACE, unit="浙江省温州市樟坞县", requirement="线下教研",
                day=date(2025, 11, 1), overdue=True, responsible=title,
            ),
            Due(
                kind="waiver", finding="Z07", jurisdiction=PLACE, unit="浙江省温州市樟坞县", requirement="捆绑考核",
                day=DAY, overdue=False, new=False,
            ),
        ],
        sources=[
            SourceNews(
                source="zhangwu", title=title, jurisdiction=PLACE, trouble="failed", reason=title,
                since=datetime(2025, 11, 2, 0, 0, tzinfo=UTC),
            )
        ],
        files=[UnreadFile(uri=title, cause="damaged", message="文件损坏", cure="请重新报送")],
    )  # fmt: skip
    made.totals = {"documents": count, "findings": count, "resolved": 1, "due": 2, "sources": 1, "files": 1}
    made.news = made.totals | {"due": 1}
    return made


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("hans", ["自 2025-11-02 04:30 起", "新到文件 1", "内容有更新", "由“未见”变为 不符合", "现已符合", "已过期 2 天", "今天到期",
                  "逾期与临期 2（其中新情况 1）", "运行失败，自 2025-11-02 08:00 起", "未能读取的文件 1"]),
        ("hant", ["自 2025-11-02 04:30 起", "內容有更新", "由“未見”變為 不符合", "現已符合", "已過期 2 天", "今天到期",
                  "浙江省·溫州市·樟塢縣", "同步課堂節數", "要求：樟塢縣", "找到什麼：“不少于15节”", "運行失敗"]),
        ("en", ["What is new since 2025-11-02 04:30.", "New documents 1", "content has changed", "was not found not met",
                "now met", "2 days ago", "today", "Overdue and due soon 2 (1 of them new)", "run failed, since 2025-11-02 08:00"]),
    ],
)  # fmt: skip
def test_a_digest_is_told_in_the_language_of_its_target(language: Language, words: list[str]) -> None:
    for told in (text(digest(), language), html(digest(), language)):
        for word in words:
            assert word in told
        # What stands in the documents stays as it is.
        assert "樟坞县实施方案" in told
        assert "樟坞县教育局" in told
        assert f"duzheng show {0:024x}" in told
        assert "duzheng findings --history Z04-6021a28b818016e4" in told
        assert "duzheng sources show zhangwu" in told


def test_the_subject_counts_what_is_new() -> None:
    assert subject(digest(), "hans", "督导科") == (
        "督政摘要 2025-11-03：新到文件 1，新发现问题 1，已解决 1，逾期与临期 1，来源运行 1，未能读取的文件 1（督导科）"
    )
    assert subject(digest(), "en").startswith("duzheng digest 2025-11-03: New documents 1, Newly flagged 1")
    reminder = digest()
    reminder.reminder = True
    assert subject(reminder, "hant").startswith("督政提醒 2025-11-03：")


def test_every_word_is_there_in_both_languages_and_is_used() -> None:
    folder = Path(rendering.__file__).parent
    words = yaml.safe_load((folder / "words.yaml").read_text(encoding="utf-8"))
    assert all(set(given) == {"hans", "en"} and all(given.values()) for given in words.values())
    code = "".join(path.read_text(encoding="utf-8") for path in [*folder.glob("*.py"), folder.parent / "digest.py"])
    families = ("part_", "change_", "how_", "due_", "source_", "verdict_", "severity_", "mark_")
    unused = [name for name in words if f'"{name}"' not in code and not name.startswith(families)]
    assert unused == []


class Tags(HTMLParser):
    """Every tag and attribute of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[tuple[str, str]] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen |= {(tag, name) for name, _ in attrs} or {(tag, "")}


def tags(page: str) -> set[tuple[str, str]]:
    parser = Tags()
    parser.feed(page)
    return parser.seen


MARKUP = st.text(
    alphabet=st.one_of(st.sampled_from("<>[]()*_`@|\\\"'&#!{}%:/\n\r\t\u202e\u200b\u2028\0"), st.characters()),
    max_size=80,
)


@given(title=MARKUP)
@settings(max_examples=60, deadline=None)
def test_no_title_makes_markup_in_any_channel(title: str) -> None:
    ordinary = tags(html(digest(), "hans"))
    assert tags(html(digest(title=title), "hans")) == ordinary
    told = text(digest(title=title), "hans")
    assert not set("<>[]`@*|\\\u202e\u200b\u2028\0\r") & set(told)
    assert "://" not in told
    # A title cannot pretend to be a line of its own.
    assert len(told.splitlines()) <= len(text(digest(), "hans").splitlines())


@given(MARKUP, st.integers(2, 50))
def test_a_line_is_one_line_of_at_most_its_length(given_text: str, longest: int) -> None:
    line = one_line(given_text, longest)
    assert len(line) <= longest
    assert not [c for c in line if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp")]
    assert len(inert(line)) == len(line)


@given(count=st.integers(0, 40), limit=st.integers(150, 6000))
@settings(max_examples=40, deadline=None)
def test_a_text_is_never_longer_than_its_channel_takes_and_always_says_where_the_rest_is(
    count: int, limit: int
) -> None:
    told = text(digest(count), "hans", limit=limit)
    assert len(told.encode()) <= limit
    assert "duzheng notices sent 0123456789ab" in told


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("most", [1, 3, 20])
def test_what_is_shown_and_what_is_counted_make_the_whole(part: Part, most: int) -> None:
    made = digest(7)
    entries = getattr(made, part)
    setattr(made, part, (entries * 7)[:7])
    made.totals, made.news = {part: 7}, {part: 7}
    told = text(made, "hans", most=most)
    assert told.count("\n· ") == min(most, 7)
    assert (f"另有 {7 - most} 条" in told) == (most < 7)
    assert html(made, "hans", most=most).count("<li>") == min(most, 7)
