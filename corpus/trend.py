"""Terms over the years: in how many documents they stand, and how often, by year, level and province.

A term is widened and found as a search does it (``corpus.synonyms``, ``corpus.units``), so that both count the same documents; a place where
several wordings of a term overlap is one mention. The index tells which documents hold a term, and how many documents and
characters there are of each group; only the texts that hold one are read, to count its places.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, get_args

from corpus.entry import length
from corpus.query import Wording, parse
from corpus.synonyms import widened
from corpus.texts import DocumentText
from corpus.units import pattern, plain
from schemas.document import Level
from schemas.errors import InvalidQuery
from schemas.trend import Dimension, TermTrend, Trend, TrendCount

if TYPE_CHECKING:
    from corpus.index import SearchIndex

Totals = Mapping[str, Mapping[str, tuple[int, int]]]
"""Documents and characters of each group, as ``corpus.facets.totals`` counts them."""
_MANY = 0.3
"""Share of the documents from which on all of them are read."""
_LEVELS: tuple[str, ...] = get_args(Level)


@dataclass(slots=True)
class _Count:
    documents: int = 0
    mentions: int | None = 0


@dataclass(slots=True)
class _Group:
    """All documents of a group, and what each term has in it."""

    documents: int = 0
    characters: int = 0
    terms: defaultdict[int, _Count] = field(default_factory=lambda: defaultdict(_Count))

    def shown(self, value: str | None, term: int) -> TrendCount:
        count = self.terms[term]
        return TrendCount(
            value=value,
            documents=count.documents,
            of_documents=self.documents,
            mentions=count.mentions,
            characters=self.characters,
            per_10000=(
                round(count.mentions * 10_000 / self.characters, 3)
                if self.characters and count.mentions is not None
                else None
            ),
        )


def indexed(
    index: SearchIndex,
    texts: Callable[[Collection[str] | None], Iterable[DocumentText]],
    terms: Sequence[str],
    *,
    strict: bool = False,
    most: int | None = None,
) -> Trend:
    """The same as ``trend`` over all documents of a corpus, at the cost of the documents that hold one of the terms.

    Args:
        index: that of the corpus.
        texts: gives the texts of documents by their identifiers, or all of them.
        terms, strict: as there.
        most: where more documents than that would be read, ``mentions`` are not counted.

    Raises:
        InvalidQuery: as there.
    """
    from corpus.facets import totals
    from corpus.search import count, matching

    nodes, whole = [_term(term) for term in terms], totals(index)
    if most is not None and sum(count(index, node, strict) for node in nodes) > most:
        return _documents(index, nodes, terms, whole, strict)
    held = {id for node in nodes for id in matching(index, node, strict)}
    # Asked for one by one, texts cost more: of many it is as well to read all.
    read = texts(None if len(held) > index.count() * _MANY else held) if held else ()
    return trend(read, terms, strict=strict, whole=whole)


def _documents(
    index: SearchIndex, nodes: Sequence[Wording], terms: Sequence[str], whole: Totals, strict: bool
) -> Trend:
    """The trend without mentions: no text is read."""
    from corpus.search import count, counted

    every, groups = _groups(whole)
    for number, node in enumerate(nodes):
        total = count(index, node, strict)
        every.terms[number] = _Count(total, None)
        by = counted(index, node, get_args(Dimension), strict)
        for name, found in groups.items():
            known = by.get(name, {})
            for value, group in found.items():
                group.terms[number] = _Count(known.get(value, 0) if value else total - sum(known.values()), None)
    return _told(terms, [_wordings(term, strict) for term in terms], every, groups, strict)


def trend(
    texts: Iterable[DocumentText], terms: Sequence[str], *, strict: bool = False, whole: Totals | None = None
) -> Trend:
    """How often the terms occur in the texts.

    Args:
        texts: the documents that count (``Corpus.texts``), or, with ``whole``, those of them that hold one of the terms.
        terms: words, in either script; one in quotation marks is taken as it stands.
        strict: take all of them as they stand.
        whole: how many documents and characters there are in all; counted in ``texts`` where it is not given.

    Raises:
        InvalidQuery: a term is empty, or a query with operators or fields rather than a term.
    """
    sought = [_wordings(term, strict) for term in terms]
    patterns = [[pattern(units) for units in wordings] for wordings in sought]
    every, groups = _groups(whole)
    for text in texts:
        place = {
            "year": str(text.dated_on.year) if text.dated_on else None,
            "level": text.level,
            "province": text.province,
        }
        concerned = [every, *(groups[name][place[name]] for name in groups)]
        body, title = plain(text.text), plain(text.title or "")
        characters = length(body)
        counts = [_mentions(body, some) for some in patterns]
        for group in concerned if whole is None else ():
            group.documents += 1
            group.characters += characters
        for number, mentions in enumerate(counts):
            if mentions or any(one.search(title) for one in patterns[number]):
                for group in concerned:
                    count = group.terms[number]
                    count.documents, count.mentions = count.documents + 1, (count.mentions or 0) + mentions
    return _told(terms, sought, every, groups, strict)


def _told(
    terms: Sequence[str],
    sought: Sequence[Sequence[tuple[str, ...]]],
    every: _Group,
    groups: Mapping[Dimension, Mapping[str | None, _Group]],
    strict: bool,
) -> Trend:
    return Trend(
        strict=strict,
        documents=every.documents,
        terms=[
            TermTrend(
                term=term,
                wordings=[Wording(units).text for units in sought[number]],
                total=every.shown(None, number),
                by={
                    name: [found[value].shown(value, number) for value in sorted(found, key=_order)]
                    for name, found in groups.items()
                },
            )
            for number, term in enumerate(terms)
        ],
    )


def _groups(whole: Totals | None) -> tuple[_Group, dict[Dimension, defaultdict[str | None, _Group]]]:
    groups: dict[Dimension, defaultdict[str | None, _Group]] = {
        name: defaultdict(_Group) for name in get_args(Dimension)
    }
    if whole is None:
        return _Group(), groups
    for name, found in groups.items():
        found.update({value or None: _Group(*counts) for value, counts in whole[name].items()})
    return _Group(*whole[""].get("", (0, 0))), groups


def _term(term: str) -> Wording:
    node = parse(term)
    if not isinstance(node, Wording) or node.field is not None:
        raise InvalidQuery(
            f"{term}: 不是一个词 is a query, not a term; give words one by one, and in quotation marks what holds spaces: "
            "'\"教师 交流\"'"
        )
    return node


def _wordings(term: str, strict: bool) -> list[tuple[str, ...]]:
    return [wide.units for wide in widened(_term(term), strict)]


def _mentions(text: str, patterns: Sequence[re.Pattern[str]]) -> int:
    """The places where any of the patterns stands, those that overlap counted once."""
    found = sorted(match.span() for one in patterns for match in one.finditer(text))
    count, reached = 0, -1
    for start, end in found:
        if start >= reached:
            count += 1
        reached = max(reached, end)
    return count


def _order(value: str | None) -> tuple[bool, int, str]:
    """Years and provinces by name, levels from the nation down; what is not known comes last."""
    return value is None, _LEVELS.index(value) if value in _LEVELS else 0, value or ""
