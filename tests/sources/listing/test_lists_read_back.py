"""A list written in any markup that sites use is read back as it was."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.fetching import Listed
from schemas.source import SourceDefinition
from sources.listing import list_items
from tests.sources.listing.conftest import TODAY, asking

BASE = "https://jyj.example.cn/zwgk/tzgg/"


few = settings(max_examples=25, deadline=None)
"""Of up to twelve lines each."""


@dataclass(frozen=True)
class Entry:
    """One line of a list."""

    path: str
    title: str
    day: datetime.date

    def listed(self) -> Listed:
        return Listed(f"https://jyj.example.cn{self.path}", self.title, self.day)


# Titles name years, days and numbers of their own, and hold what markup must escape.
_words = st.sampled_from(
    [
        "关于",
        "印发",
        "《2024年工作要点》",
        "2025年3月1日前",
        "方案",
        "（第3批）",
        "R&D",
        "<试行>",
        "“双减”",
        "2024-09-01起",
        "通知",
        "3月5日",
    ]
)
_titles = st.lists(_words, min_size=1, max_size=6).map(lambda words: "关于" + "".join(words) + "的通知")
_days = st.dates(datetime.date(2001, 1, 1), TODAY)
_recent = st.dates(TODAY - datetime.timedelta(days=360), TODAY)
_entries = st.lists(
    st.builds(Entry, st.integers(1, 10**6).map(lambda n: f"/art/n{n}.html"), _titles, _days),
    min_size=1,
    max_size=12,
    unique_by=lambda entry: entry.path,
)


def _dashed(day: datetime.date) -> str:
    return day.isoformat()


DATES: dict[str, Callable[[datetime.date], str]] = {
    "2025-03-01": _dashed,
    "2025/3/1": lambda day: f"{day.year}/{day.month}/{day.day}",
    "2025.03.01": lambda day: f"{day:%Y.%m.%d}",
    "[2025-03-01]": lambda day: f"[{day}]",
    "2025年3月1日": lambda day: f"{day.year}年{day.month}月{day.day}日",
    "with a time": lambda day: f"{day} 09:05:00",
    "with a label": lambda day: f"发布时间：{day}",
}


def _link(entry: Entry, form: int) -> str:
    """One address as pages write it."""
    return (entry.path, f"../..{entry.path}", f"https://jyj.example.cn{entry.path}", f"//jyj.example.cn{entry.path}#p")[
        form
    ]


MARKUPS: dict[str, tuple[str, Callable[[str, str, str], str]]] = {
    "li": ("li.i", lambda href, title, day: f'<li class="i"><a href="{href}">{title}</a><span>{day}</span></li>'),
    "date first": (
        "li.i",
        lambda href, title, day: f'<li class="i"><span>{day}</span> <a href="{href}">{title}</a></li>',
    ),
    "bare text": ("li.i", lambda href, title, day: f'<li class="i"><a href="{href}">{title}</a> {day}</li>'),
    "shortened": (
        "li.i",
        lambda href, title, day: f'<li class="i"><a title="{title}" href="{href}">关于…</a><em>{day}</em></li>',
    ),
    "table": (
        "table.i tr",
        lambda href, title, day: (
            f'<table class="i"><tr><td>1</td><td><a href="{href}">{title}</a></td><td>{day}</td></tr></table>'
        ),
    ),
    "inside the link": ("a.i", lambda href, title, day: f'<a class="i" href="{href}"><i>{day}</i><p>{title}</p></a>'),
    "no closing tags": ("li.i", lambda href, title, day: f"<li class=i><a href={href}>{title}</a><span>{day}</span>"),
}


def _read(body: str, **fields: object) -> list[Listed]:
    definition = SourceDefinition.model_validate({"id": "s", "title": "来源", "url": BASE} | fields)
    return list_items(definition, asking({BASE: body}), TODAY).items


def _by_selectors(
    entries: Sequence[Entry], markup: str, day: Callable[[datetime.date], str], form: int
) -> list[Listed]:
    item, line = MARKUPS[markup]
    lines = "".join(line(_link(e, form), escape(e.title), day(e.day)) for e in entries)
    body = f"<html><head><title>通知公告</title></head><body><ul>{lines}</ul></body></html>"
    return _read(body, kind="list", selectors={"item": item})


@pytest.mark.parametrize("markup", MARKUPS)
@few
@given(entries=_entries, day=st.sampled_from(sorted(DATES)), form=st.integers(0, 3))
def test_html(markup: str, entries: list[Entry], day: str, form: int) -> None:
    assert _by_selectors(entries, markup, DATES[day], form) == [entry.listed() for entry in entries]


@few
@given(
    entries=_entries,
    recent=st.lists(_recent, min_size=12, max_size=12),
    form=st.sampled_from(["[{:%m-%d}]", "{0.month}月{0.day}日", "({0.month}/{0.day})"]),
)
def test_html_with_days_without_a_year(entries: list[Entry], recent: list[datetime.date], form: str) -> None:
    dated = [Entry(entry.path, entry.title, day) for entry, day in zip(entries, recent, strict=False)]
    assert _by_selectors(dated, "li", form.format, 0) == [entry.listed() for entry in dated]


@few
@given(
    entries=_entries,
    form=st.sampled_from(
        [
            "<b>{0:%d}</b><i>{0:%Y-%m}</i>",
            "<b>{0.day}</b> <i>{0.year}年{0.month}月</i>",
            "<i>{0:%Y.%m}</i><b>{0:%d}</b>",
            "<b>{0:%m-%d}</b><i>{0:%Y}</i>",
        ]
    ),
)
def test_html_with_the_day_set_apart(entries: list[Entry], form: str) -> None:
    assert _by_selectors(entries, "li", form.format, 0) == [entry.listed() for entry in entries]


def _stamp(day: datetime.date) -> int:
    moment = datetime.datetime.combine(day, datetime.time(0, 1), datetime.timezone(datetime.timedelta(hours=8)))
    return int(moment.timestamp())


@few
@given(entries=_entries, form=st.integers(0, 5), ascii_only=st.booleans())
def test_json(entries: list[Entry], form: int, ascii_only: bool) -> None:
    def moment(day: datetime.date) -> object:
        return (
            day.isoformat(),
            f"{day} 23:59:59",
            _stamp(day) * 1000,
            _stamp(day),
            str(_stamp(day) * 1000),
            f"{day:%Y%m%d}",
        )[form]

    rows = [{"title": escape(e.title), "url": e.path, "publishTime": moment(e.day)} for e in entries]
    body = json.dumps({"data": {"list": rows}}, ensure_ascii=ascii_only)
    keys = {"items": "data.list", "date": "publishTime"}
    assert _read(body, kind="json", keys=keys) == [entry.listed() for entry in entries]


@few
@given(entries=_entries)
def test_sitemap(entries: list[Entry]) -> None:
    urls = "".join(
        f"<url><loc>https://jyj.example.cn{e.path}</loc><lastmod>{e.day}T00:10:00+08:00</lastmod></url>"
        for e in entries
    )
    body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'
    assert [(item.url, item.dated_on) for item in _read(body, kind="sitemap")] == [
        (entry.listed().url, entry.day) for entry in entries
    ]


@few
@given(entries=_entries, atom=st.booleans())
def test_feeds(entries: list[Entry], atom: bool) -> None:
    if atom:
        inner = "".join(
            f'<entry><title>{escape(e.title)}</title><link href="{e.path}"/><updated>{e.day}T00:10:00+08:00</updated></entry>'
            for e in entries
        )
        body = f'<feed xmlns="http://www.w3.org/2005/Atom">{inner}</feed>'
    else:
        inner = "".join(
            f"<item><title>{escape(e.title)}</title><link>{e.path}</link>"
            f"<pubDate>{e.day:%a, %d %b %Y} 00:10:00 +0800</pubDate></item>"
            for e in entries
        )
        body = f"<rss><channel>{inner}</channel></rss>"
    assert _read(body, kind="feed") == [entry.listed() for entry in entries]
