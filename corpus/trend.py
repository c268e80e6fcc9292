"""Terms over the years: in how many documents they stand, and how often, by year, level and province.

A term is widened and found as a search does it (``corpus.synonyms``, ``corpus.units``), so that both count the same documents; a place where
several wordings of a term overlap is one mention. The cost is one pass over all texts.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import get_args

from corpus.query import Wording, parse
from corpus.synonyms import widened
from corpus.texts import DocumentText
from corpus.units import pattern, plain
from schemas.document import Level
from schemas.errors import InvalidQuery
from schemas.trend import Dimension, TermTrend, Trend, TrendCount

_LEVELS: tuple[str, ...] = get_args(Level)


@dataclass(slots=True)
class _Count:
    documents: int = 0
    mentions: int = 0


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
            per_10000=round(count.mentions * 10_000 / self.characters, 3) if self.characters else None,
        )


def trend(texts: Iterable[DocumentText], terms: Sequence[str], *, strict: bool = False) -> Trend:
    """How often the terms occur in the texts.

    Args:
        texts: the documents that count (``Corpus.texts``).
        terms: words, in either script; one in quotation marks is taken as it stands.
        strict: take all of them as they stand.

    Raises:
        InvalidQuery: a term is empty, or a query with operators or fields rather than a term.
    """
    sought = [_wordings(term, strict) for term in terms]
    patterns = [[pattern(units) for units in wordings] for wordings in sought]
    whole = _Group()
    groups: dict[Dimension, defaultdict[str | None, _Group]] = {
        name: defaultdict(_Group) for name in get_args(Dimension)
    }
    for text in texts:
        place = {
            "year": str(text.dated_on.year) if text.dated_on else None,
            "level": text.level,
            "province": text.province,
        }
        concerned = [whole, *(groups[name][place[name]] for name in groups)]
        body, title = plain(text.text), plain(text.title or "")
        characters = len("".join(body.split()))
        counts = [_mentions(body, some) for some in patterns]
        for group in concerned:
            group.documents += 1
            group.characters += characters
        for number, mentions in enumerate(counts):
            if mentions or any(one.search(title) for one in patterns[number]):
                for group in concerned:
                    group.terms[number].documents += 1
                    group.terms[number].mentions += mentions
    return Trend(
        strict=strict,
        documents=whole.documents,
        terms=[
            TermTrend(
                term=term,
                wordings=[Wording(units).text for units in sought[number]],
                total=whole.shown(None, number),
                by={
                    name: [found[value].shown(value, number) for value in sorted(found, key=_order)]
                    for name, found in groups.items()
                },
            )
            for number, term in enumerate(terms)
        ],
    )


def _wordings(term: str, strict: bool) -> list[tuple[str, ...]]:
    node = parse(term)
    if not isinstance(node, Wording) or node.field is not None:
        raise InvalidQuery(
            f"{term}: 不是一个词 is a query, not a term; give words one by one, and in quotation marks what holds spaces: "
            "'\"教师 交流\"'"
        )
    return [wide.units for wide in widened(node, strict)]


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
