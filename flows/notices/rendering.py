"""A digest as people read it: in three languages, as HTML for mail and as text for everything else.

Titles, issuers and quotes stay as they stand in the documents; the words around them, the names of places and what a
requirement asks follow the target's script. A list that is too long is cut, with how many more there are and the command that shows them.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flows.notices.neutral import inert, one_line
from flows.notices.settings import Language
from schemas.digest import PARTS, Digest, Due, Flagged, NewDocument, Part, Resolved, SourceNews, UnreadFile
from schemas.document import Jurisdiction

if TYPE_CHECKING:
    from jinja2 import Template

_HERE = Path(__file__).parent
_LANG = {"hans": "zh-Hans", "hant": "zh-Hant", "en": "en"}
_LINE = 80
"""Characters of an explanation's line that are shown."""
_QUOTE = re.compile("(“[^”]*”?)")
_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list, what stands below it, and the command that shows more."""

    head: str
    lines: Sequence[str] = ()
    command: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Entries of one place; ``name`` is empty where they have none."""

    name: str
    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a digest; ``rest`` says how many more there are, and where."""

    heading: str
    groups: Sequence[Group] = field(default_factory=list)
    rest: str = ""


def subject(digest: Digest, language: Language, title: str = "") -> str:
    """The title of the message: how many of what; nothing of it comes from documents."""
    words = Words(language)
    counts = digest.totals if digest.reminder else digest.news
    what = words.join([f"{words(f'part_{part}')} {counts[part]}" for part in PARTS if counts.get(part)])
    name = "subject_reminder" if digest.reminder else "subject"
    line = words(name, day=digest.day, what=what or words("nothing"))
    return words.noted(line, title) if title else line


def html(digest: Digest, language: Language, place: str = "", most: int = 20) -> str:
    """The digest as a page of HTML, everything in it escaped."""
    words = Words(language)
    return _template("html").render(
        lang=_LANG[language],
        subject=subject(digest, language),
        opening=_opening(digest, words, place),
        sections=_sections(digest, words, most, explained=True, clean=lambda text: text),
        footer=words("footer", id=digest.id, command=_whole(digest)),
    )


def text(
    digest: Digest,
    language: Language,
    place: str = "",
    most: int = 20,
    limit: int | None = None,
    *,
    kept: bool = True,
) -> str:
    """The digest as text in which nothing is markup.

    ``limit``: bytes of UTF-8 that it may have; explanations are left out first, then lists are cut further. ``kept``:
    whether it can be asked for by its identifier later.
    """
    shorter = [most, *(fewer for fewer in (10, 5, 3, 1) if fewer < most)]
    tries = [(most, True), *((fewer, False) for fewer in shorter), (0, False)]
    for entries, explained in tries:
        whole = _text(digest, language, place, entries, explained, kept)
        if limit is None or len(whole.encode()) <= limit:
            return whole
    end = "\n" + Words(language)("cut", command=_whole(digest))
    assert limit is not None
    return whole.encode()[: max(limit - len(end.encode()), 0)].decode(errors="ignore") + end


def _text(digest: Digest, language: Language, place: str, most: int, explained: bool, kept: bool) -> str:
    words = Words(language)
    whole = _template("txt").render(
        opening=_opening(digest, words, inert(place)),
        sections=_sections(digest, words, most, explained=explained, clean=inert),
        footer=words("footer", id=digest.id, command=_whole(digest)) if kept else "",
    )
    return whole.strip() + "\n"


class Words:
    """The words of one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._words = _words(language)

    def __call__(self, name: str, **values: object) -> str:
        words = self._words[name]
        return words.format(**values) if values else words

    def join(self, parts: Sequence[str]) -> str:
        """Parts one after the other."""
        return (", " if self.language == "en" else "，").join(parts)

    def place(self, place: Jurisdiction) -> str:
        """A place's name; empty where there is none. Names are kept in simplified characters."""
        name = "·".join(part for part in (place.province, place.city, place.county) if part)
        return self.said(name)

    def said(self, text: str) -> str:
        """What packs and checks say, in the script of the language; what is quoted (“…”) stays as it was."""
        if self.language != "hant":
            return text
        return "".join(part if part.startswith("“") else _traditional(part) for part in _QUOTE.split(text))

    def noted(self, text: str, note: str) -> str:
        """A text with a note in brackets."""
        return f"{text} ({note})" if self.language == "en" else f"{text}（{note}）"

    def colon(self, text: str, rest: str) -> str:
        """A text, a colon and what follows."""
        return f"{text}: {rest}" if self.language == "en" else f"{text}：{rest}"


@cache
def _words(language: Language) -> dict[str, str]:
    import yaml

    given: dict[str, dict[str, str]] = yaml.safe_load((_HERE / "words.yaml").read_text(encoding="utf-8"))
    if language == "hant":
        return {name: _traditional(words["hans"]) for name, words in given.items()}
    return {name: words[language] for name, words in given.items()}


def _traditional(text: str) -> str:
    return _to_traditional()(text)


@cache
def _to_traditional() -> Callable[[str], str]:
    from opencc import OpenCC

    # Made once: reading its dictionaries takes longer than any digest.
    convert: Callable[[str], str] = OpenCC("s2tw").convert
    return convert


@cache
def _template(ending: str) -> Template:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=ending == "html", trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    source = (_HERE / "templates" / f"digest.{ending}").read_text(encoding="utf-8")
    return environment.from_string(source)


def _whole(digest: Digest) -> str:
    return f"duzheng notices sent {digest.id}"


def _opening(digest: Digest, words: Words, place: str) -> list[str]:
    if digest.reminder:
        lines = [words("reminder")]
    elif digest.since is None:
        lines = [words("first")]
    else:
        lines = [words("since", since=_moment(digest.since))]
    return [*lines, words("for_place", place=place)] if place else lines


def _sections(
    digest: Digest, words: Words, most: int, *, explained: bool, clean: Callable[[str], str]
) -> list[Section]:
    made: list[Section] = []
    for part in PARTS:
        total = digest.totals.get(part, 0)
        if not total:
            continue
        groups = _groups(digest, part, words, most, explained, clean)
        left = total - sum(len(group.entries) for group in groups)
        made.append(
            Section(
                heading=_heading(digest, part, words),
                groups=groups,
                rest=words("more", count=left, command=_whole(digest)) if left else "",
            )
        )
    return made


def _heading(digest: Digest, part: Part, words: Words) -> str:
    total, new = digest.totals[part], digest.news.get(part, 0)
    heading = f"{words(f'part_{part}')} {total}"
    return words.noted(heading, words("of_which_new", count=new)) if 0 < new < total else heading


def _groups(
    digest: Digest, part: Part, words: Words, most: int, explained: bool, clean: Callable[[str], str]
) -> list[Group]:
    def show(value: str | None, longest: int = 120) -> str:
        return clean(one_line(value or "", longest))

    def by_place(items: Iterable[tuple[str, Entry]]) -> list[Group]:
        return [
            Group(name, [entry for _, entry in several]) for name, several in groupby(items, key=lambda one: one[0])
        ]

    if part == "documents":
        return by_place(
            (show(words.place(one.jurisdiction)) or words("no_place"), _document(one, words, show))
            for one in digest.documents[:most]
        )
    if part == "findings":
        shown = [*digest.findings[:most]]
        return by_place((show(words.said(one.unit)), _flagged(one, words, show, explained)) for one in shown)
    if part == "resolved":
        return by_place((show(words.said(one.unit)), _resolved(one, words, show)) for one in digest.resolved[:most])
    if part == "due":
        return [Group("", [_due(one, words, show, digest.day) for one in digest.due[:most]])] if most else []
    if part == "sources":
        return [Group("", [_source(one, words, show) for one in digest.sources[:most]])] if most else []
    return [Group("", [_file(one, show) for one in digest.files[:most]])] if most else []


def _document(one: NewDocument, words: Words, show: Callable[..., str]) -> Entry:
    facts = [show(one.issuer), show(one.document_number, 60), str(one.dated_on or "")]
    facts.append(words("mark_changed") if one.changed else "")
    title = show(one.title) or words("untitled")
    line = "　".join(fact for fact in facts if fact)
    return Entry(title, [line] if line else [], f"duzheng show {one.id}")


def _flagged(one: Flagged, words: Words, show: Callable[..., str], explained: bool) -> Entry:
    before = words(f"verdict_{one.before}") if one.before else ""
    change = words(f"change_{one.change}", before=before) if one.change == "changed" else words(f"change_{one.change}")
    verdict, severity = words(f"verdict_{one.verdict}"), words(f"severity_{one.severity}")
    head = words.colon(words.noted(show(words.said(one.requirement)), severity), f"{change} {verdict}")
    lines = [show(words.said(line), _LINE) for line in one.lines] if explained else []
    return Entry(head, lines, f"duzheng findings --history {one.finding}")


def _resolved(one: Resolved, words: Words, show: Callable[..., str]) -> Entry:
    what = f"{words(f'verdict_{one.before}')} → {words(f'how_{one.how}')}"
    return Entry(words.colon(show(words.said(one.requirement)), what))


def _due(one: Due, words: Words, show: Callable[..., str], today: datetime.date) -> Entry:
    days = (one.day - today).days
    when = words("overdue", days=-days) if one.overdue else words("due_in", days=days) if days else words("due_today")
    what = f"{show(words.said(one.unit))} {show(words.said(one.requirement))}"
    head = words.colon(what, words.join([f"{words(f'due_{one.kind}')} {one.day}", when]))
    who = [show(one.responsible, 60)] if one.responsible else []
    return Entry(head, who, f"duzheng findings --history {one.finding}")


def _source(one: SourceNews, words: Words, show: Callable[..., str]) -> Entry:
    since = words("source_since", since=_moment(one.since))
    head = words.colon(words.noted(show(one.title), one.source), words.join([words(f"source_{one.trouble}"), since]))
    command = "duzheng sources list" if one.trouble == "invalid" else f"duzheng sources show {one.source}"
    return Entry(head, [show(one.reason, 200)] if one.reason else [], command)


def _file(one: UnreadFile, show: Callable[..., str]) -> Entry:
    return Entry(show(one.uri, 160), [show("; ".join(part for part in (one.message, one.cure) if part), 200)])


def _moment(moment: datetime.datetime) -> str:
    """The moment as clocks in China show it."""
    return moment.astimezone(_ZONE).strftime("%Y-%m-%d %H:%M")
