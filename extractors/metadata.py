"""What the page around a document says of it: the ``<meta>`` tags of government sites, the 索引号 table, lines such as
``发布时间：2025-09-01``, the site's own name.

The tags are those of the State Council's guide for government sites (国办发〔2017〕47号, annex 2: SiteName, SiteIDCode,
ColumnName, ArticleTitle, PubDate, ContentSource …) with the misspellings met in the field. These facts rank below what the
body says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from itertools import pairwise

from extractors.fold import fold
from extractors.layout import LaidCell, Layout, squeeze
from extractors.lexicon import load

_VALUE_END = re.compile(r"\s{2,}|[|\n\t]|(?<=[\u3400-\u9fff\d])\s+(?=[\u3400-\u9fff]{2,8}[:\s])")


_NEAR = 0.85
"""How alike two tag names must be: ArticeTitle and ArticleTitle are, SiteName and SiteDomain are not."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A value the page states, and where it stands in the text; ``start`` is None for an HTML tag."""

    value: str
    start: int | None = None
    end: int | None = None


@cache
def _labels() -> dict[str, str]:
    return {squeeze(label): field for field, labels in load("organisations")["labels"].items() for label in labels}


def page_facts(layout: Layout, meta: Mapping[str, str]) -> dict[str, Stated]:
    """The facts the page states, by field name (``title``, ``document_number``, ``issuer``, ``signed_on`` …).

    A cell or line of the text is preferred to a tag; the first statement of a field counts.
    """
    facts: dict[str, Stated] = {}
    for table in layout.tables:
        if table.table.role == "metadata":
            _from_cells(layout, table.cells, facts)
    for line in layout.lines:
        if line.paragraph.role in ("metadata", "furniture") or line.end - line.start <= 120:
            _from_line(layout, line.start, line.end, line.paragraph.role != "body", facts)
    for name, value in meta.items():
        field = _field_of_tag(name)
        if field and value.strip():
            facts.setdefault(field, Stated(value.strip()))
    return facts


@cache
def _field_of_tag(name: str) -> str | None:
    """The field of a ``<meta>`` tag, by its name or, when it is a misspelling, by the one name it comes near to."""
    bare = re.sub(r"[^a-z]", "", name.lower())
    fields = {known: field for field, names in load("organisations")["meta"].items() for known in names}
    if bare in fields:
        return fields[bare]
    others = load("organisations")["other_meta"]
    near = get_close_matches(bare, [*fields, *others], n=1, cutoff=_NEAR)
    return fields.get(near[0]) if near else None


def _from_cells(layout: Layout, cells: tuple[LaidCell, ...], facts: dict[str, Stated]) -> None:
    labels = _labels()
    for label, value in pairwise(cells):
        key = squeeze(layout.folded[label.start : label.end]).strip(":[]()")
        if key in labels and value.cell.row == label.cell.row and layout.text[value.start : value.end].strip():
            if squeeze(layout.folded[value.start : value.end]).strip(":") in labels:
                continue
            facts.setdefault(labels[key], Stated(layout.text[value.start : value.end].strip(), value.start, value.end))
    for cell in cells:  # label and value in one cell: 索引号：0029
        _from_line(layout, cell.start, cell.end, True, facts)


@cache
def _label_pattern() -> re.Pattern[str]:
    words = "|".join(sorted(map(re.escape, _labels()), key=len, reverse=True))
    return re.compile(rf"(?<![\u3400-\u9fff])(?:\[)?(?P<label>{words})(?:\])?(?P<colon>\s*:\s*|\s+(?=\d))")


def _from_line(layout: Layout, start: int, end: int, whole: bool, facts: dict[str, Stated]) -> None:
    """Facts of one line; in a body line only a label at its start counts, since the words are ordinary ones."""
    for match in _label_pattern().finditer(layout.folded, start, end):
        if not whole and layout.folded[start : match.start()].strip(" ([|"):
            previous = layout.folded[start : match.start()]
            if not re.search(r"[:|]", previous):
                continue
        stop = _VALUE_END.search(layout.folded, match.end(), end)
        last = stop.start() if stop else end
        value = layout.text[match.end() : last].strip()
        field = _labels()[match["label"]]
        if value and len(value) <= 80 and _fits(field, value):
            facts.setdefault(field, Stated(value, match.end(), last))


def _fits(field: str, value: str) -> bool:
    if field in ("signed_on", "published_on"):
        return bool(re.search(r"\d{4}", value)) or "年" in value
    if field == "site_code":
        return bool(re.search(r"\d{6,}", value))
    if field in ("issuer", "site"):
        return bool(re.search(r"[\u3400-\u9fff]{3,}", value))
    return True


_WELCOME = re.compile(
    r"欢迎(?:光临|访问|来到|您访问)(?P<site>[\u3400-\u9fff]{4,30}?)(?:官方网站|门户网站|网站|官网|!|,|。|$)"
)


def site_name(layout: Layout, facts: Mapping[str, Stated]) -> Stated | None:
    """The name of the site's owner, from tags, 版权所有 or a welcome line; without 网站, 门户 and the like."""
    stated = facts.get("site")
    if stated is None:
        for line in layout.lines:
            if line.paragraph.role == "furniture":
                match = _WELCOME.search(layout.folded, line.start, line.end)
                if match:
                    return Stated(
                        layout.text[match.start("site") : match.end("site")], match.start("site"), match.end("site")
                    )
        return None
    name = re.split(r"(?:官方网站|门户网站|政府网|网站|官网|门户|[|\s])", fold(stated.value))[0]
    if stated.start is None:
        return Stated(stated.value[: len(name)])
    return Stated(stated.value[: len(name)], stated.start, stated.start + len(name))
