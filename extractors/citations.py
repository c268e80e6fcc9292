"""The documents a text cites: every 《…》 that names one, with the number in the brackets after it.

Left out: the document's own title, the paper it issues (印发《…》), papers it says are to be made (制定《…》), its own
attachments, short names of what was cited before (以下简称《…》), and 《…》 around what is no document (a book, a newspaper, a course).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from extractors.document_number import NUMBER, find_numbers
from extractors.fold import fold
from extractors.genre import genre_of_title
from extractors.layout import Layout, squeeze
from extractors.lexicon import load
from schemas.document import Citation

_TITLE = re.compile(r"《(?P<title>[^《》]{2,160}(?:《[^《》]{2,120}》[^《》]{0,80})*)》")
_ABBREVIATION = re.compile(r"(?:简称|下称)\s*:?\s*\"?《(?P<title>[^《》]{2,60})》")
"""以下简称《实施方案》: a name for what was cited already."""
_UNMARKED = re.compile(r"关于(?:印发|发布|公布)(?P<title>[^《》]{4,120}?)的(?:通知|公告)")
_JOINED = re.compile(r"\s*(?:、|和|与|及|以及)\s*")
"""制定《甲》和《乙》: both are to be made."""
_NEXT_NUMBER = re.compile(r"\s*[(\[]?\s*")
_LOOK_BACK = 10


@cache
def _words() -> dict[str, tuple[str, ...]]:
    return {key: tuple(values) for key, values in load("citations").items()}


def find_citations(layout: Layout, own_titles: Iterable[str] = ()) -> list[Citation]:
    """Every citation in the running text, in order.

    Args:
        layout: the text.
        own_titles: titles that are the document itself or part of it (its title, the paper it issues, its attachments).
    """
    text, folded = layout.text, layout.prose
    own = [_bare(fold(title)) for title in own_titles if title]
    short = {_bare(squeeze(m["title"])) for m in _ABBREVIATION.finditer(folded)}
    found: list[Citation] = []
    made_end = -1  # where the last paper that is still to be made ends
    for match in _TITLE.finditer(folded):
        title = squeeze(match["title"])
        bare = _bare(title)
        if bare in short or any(bare and (bare == o or bare in o) for o in own) or not names_document(title):
            continue
        before = squeeze(folded[max(match.start() - _LOOK_BACK, 0) : match.start()].rsplit("\n", 1)[-1])
        joined = made_end >= 0 and _JOINED.fullmatch(folded, made_end, match.start())
        if before.endswith(_words()["to_be_made"]) or joined:
            made_end = match.end()
            continue
        number, end = _number_after(layout, match.end())
        found.append(
            Citation(
                title=squeeze(text[match.start("title") : match.end("title")]),
                document_number=number,
                span=layout.span(match.start(), end),
            )
        )
    return found


def issued_titles(folded_title: str) -> list[str]:
    """The papers that a title issues: 关于印发《某方案》的通知 → 某方案, the marks left out by some included."""
    if not re.search("印发|发布|公布", folded_title):
        return []
    marked = [squeeze(m["title"]) for m in _TITLE.finditer(folded_title)]
    bare = None if marked else _UNMARKED.search(squeeze(folded_title))
    return [bare["title"]] if bare else marked


def names_document(folded_title: str) -> bool:
    """Whether the words in 《…》 name an official document: they end with a word for one, or begin with 关于."""
    return (
        folded_title.startswith("关于")
        or "关于" in folded_title[:40]
        or genre_of_title(folded_title) is not None
        or re.sub(r"\([^()]*\)$", "", folded_title).endswith(_words()["endings"])
    )


def _number_after(layout: Layout, end: int) -> tuple[str | None, int]:
    gap = _NEXT_NUMBER.match(layout.folded, end)
    start = gap.end() if gap else end
    match = NUMBER.match(layout.folded, start)
    if not match:
        return None, end
    for number in find_numbers(layout.text, layout.folded, start, match.end()):
        stop = number.end
        if layout.folded[stop : stop + 1] in (")", "]"):
            stop += 1
        return number.value, stop
    return None, end


def _bare(folded_title: str) -> str:
    return re.sub(r"[^\u3400-\u9fffA-Za-z0-9]", "", folded_title)
