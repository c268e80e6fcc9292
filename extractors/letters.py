"""Letter forms of Taiwan and Hong Kong: 受文者, 發文日期, 發文字號, 主旨, 說明, 正本.

They state in labelled lines what a mainland document states by its layout (行政院《文書處理手冊》, 函 and 公告). The subject
(主旨) stands for the title, which such papers do not have; 說明 and 辦法 are sections without a number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

from extractors.layout import Layout, squeeze
from extractors.lexicon import load
from extractors.organisations import split_list
from schemas.document import Genre, Section

_NUMBER = re.compile(
    r"[\u3400-\u9fffA-Za-z()\d]{1,14}字\s*第\s*\d{4,14}\s*[A-Za-z]?\s*号"  # Taiwan
    r"|[\u3400-\u9fff]{2,12}第\s*\d{1,3}/\d{4}\s*号|[A-Z]{2,6}(?:\([A-Z\d]+\)|/[A-Z\d/]+)+[\dA-Z/()-]*"  # Hong Kong
)
_FIRST_LINES = 12


@dataclass(frozen=True, slots=True)
class Part:
    """A labelled part: its heading (as written) and where the label and its content begin."""

    heading: str
    start: int
    content: int


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter states; spans are offsets of the text, names in the original script."""

    genre: Genre | None
    issuer: tuple[int, int] | None
    number: tuple[int, int] | None
    subject: tuple[int, int] | None
    addressees: tuple[tuple[int, int], ...]
    parts: tuple[Part, ...] = field(default=())


@cache
def _label() -> re.Pattern[str]:
    words = load("letters")
    names = [name for group in words["labels"].values() for name in group] + words["parts"]
    return re.compile(rf"(?P<label>{'|'.join(sorted(map(re.escape, names), key=len, reverse=True))})\s*:\s*")


def find_letter(layout: Layout) -> Letter | None:
    """The facts of a letter form, or None when the text is none (no subject beside an addressee, date or number)."""
    labels: dict[str, list[tuple[int, int]]] = {}
    parts: list[Part] = []
    words = load("letters")
    kinds = {name: kind for kind, names in words["labels"].items() for name in names}
    for line in layout.lines:  # a reader may have told labelled lines for the page's metadata
        match = _label().match(layout.folded, line.start, line.end)
        if not match:
            continue
        name = match["label"]
        if name in kinds:
            labels.setdefault(kinds[name], []).append((match.end(), line.end))
        else:
            parts.append(Part(layout.text[match.start("label") : match.end("label")], match.start(), match.end()))
    if "subject" not in labels or not labels.keys() & {"addressees", "signed_on", "document_number"}:
        return None
    genre, issuer = _first_line(layout)
    number = None
    for start, end in labels.get("document_number", []):
        found = _NUMBER.search(layout.folded, start, end)
        number = number or (found.span() if found else None)
    return Letter(
        genre, issuer, number, _subject(layout, *labels["subject"][0]), _addressees(layout, labels), tuple(parts)
    )


def _first_line(layout: Layout) -> tuple[Genre | None, tuple[int, int] | None]:
    """花蓮縣政府 函: the issuer, and what the paper is."""
    kinds: dict[str, Genre] = load("letters")["kinds"]
    for line in layout.body[:_FIRST_LINES]:
        folded = layout.folded[line.start : line.end].rstrip()
        for word in sorted(kinds, key=len, reverse=True):
            if squeeze(folded).endswith(word) and 4 <= len(squeeze(folded)) <= 30 and ":" not in folded:
                last = re.search(r"\s*".join(word) + "$", folded)
                end = line.start + (last.start() if last else len(folded))
                while end > line.start and layout.text[end - 1].isspace():
                    end -= 1
                return kinds[word], (line.start, end) if end > line.start else None
    return None, None


def _subject(layout: Layout, start: int, end: int) -> tuple[int, int]:
    """The subject without the request at its end (，請查照。)."""
    requests = "|".join(map(re.escape, load("letters")["requests"]))
    match = re.search(rf"[,。;]\s*(?:敬)?(?:{requests})", layout.folded[start:end])
    stop = start + match.start() if match else end
    while stop > start and (layout.folded[stop - 1] in "。,;" or layout.text[stop - 1].isspace()):
        stop -= 1
    return start, stop


def _addressees(layout: Layout, labels: dict[str, list[tuple[int, int]]]) -> tuple[tuple[int, int], ...]:
    """The first list of addressees that names anybody (受文者：如正副本行文單位 points at 正本)."""
    pointers = set(load("letters")["pointers"])
    for start, end in labels.get("addressees", []):
        entries = split_list(layout.folded[start:end], separators="、,;")
        names = [
            (start + a, start + b) for a, b in entries if squeeze(layout.folded[start + a : start + b]) not in pointers
        ]
        if names:
            return tuple(names)
    return ()


def with_parts(layout: Layout, letter: Letter, sections: list[Section]) -> list[Section]:
    """The outline under the labelled parts: each part a section without a number, the items that stand in it below it.

    Args:
        layout: the text.
        letter: its facts; ``parts`` must have been stops of the outline, so that no item reaches across a part.
        sections: the outline of the numbered items.
    """
    if not letter.parts:
        return sections
    starts = [part.start for part in letter.parts]
    out = [section for section in sections if section.span.start < starts[0]]
    for part, end in zip(letter.parts, [*starts[1:], len(layout.text)], strict=True):
        inside = [section for section in sections if part.start <= section.span.start < end]
        out.append(Section(number=None, heading=part.heading, span=layout.span(part.start, end), sections=inside))
    return out
