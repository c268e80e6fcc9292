"""Two documents clause by clause, and where the clauses of one come from."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Response

from duzheng.web.computed import computed
from duzheng.web.here import Here, Reader
from duzheng.web.pages.documents import find, target
from duzheng.web.text import Piece

router = APIRouter(include_in_schema=False)
_PAGE = 100


def waiting(asked: Here, title: str) -> Response:
    """The page that says that an answer is being made, and asks again by itself."""
    address = asked.request.url.path + ("?" + asked.request.url.query if asked.request.url.query else "")
    return asked.page("reading/waiting.html", 202, title=title, address=address)


@router.get("/compare")
def compare(asked: Reader, a: str = "", b: str = "", changed: str = "", page: int = 1) -> Response:
    """How ``b`` differs from ``a``, side by side; both are identifiers of documents."""
    from duzheng.compare_report import COUNTED, pieces
    from extractors.alignment import compare_documents

    title, page = asked.word("reading.compare_title"), max(page, 1)
    a, b = a.strip(), b.strip()
    shown: dict[str, Any] = {"title": title, "a": a, "b": b, "changed": bool(changed), "page": page, "made": None}
    if not a or not b:
        return asked.page("reading/compare.html", **shown)
    with asked.reading() as corpus:
        left, right = find(asked, corpus, a), find(asked, corpus, b)
        state = corpus.state()[0]
    made = computed(asked).get(("compare", state, a, b), lambda: compare_documents(left, right))
    if made is None:
        return waiting(asked, title)
    pairs = [one for one in made.pairs if not changed or one.state != "same" or one.moved]
    rows = [
        {
            "pair": one,
            "left": [Piece(text, differs) for text, differs in pieces(one, "left") if text],
            "right": [Piece(text, differs) for text, differs in pieces(one, "right") if text],
        }
        for one in pairs[(page - 1) * _PAGE : page * _PAGE]
    ]
    here = "/compare?" + urlencode({"a": a, "b": b, **({"changed": "1"} if changed else {})}) + "&page="
    shown |= {
        "made": made,
        "rows": rows,
        "counts": [(state, made.counts[state]) for state in COUNTED],
        "previous": here + str(page - 1) if page > 1 else "",
        "next": here + str(page + 1) if page * _PAGE < len(pairs) else "",
        "target": target,
    }
    return asked.page("reading/compare.html", **shown)


@router.get("/documents/{id}/lineage")
def lineage(asked: Reader, id: str, page: int = 1) -> Response:
    """Which clauses of a document come from which earlier document of the corpus."""
    from flows.lineage import lineage as trace

    page = max(page, 1)
    with asked.reading() as corpus:
        found = find(asked, corpus, id)
        state = corpus.state()[0]

    def make() -> Any:
        with asked.corpora.reading() as own:
            return trace(own, found)

    title = f"{asked.word('reading.lineage')} · {found.title or asked.word('reading.untitled')}"
    made = computed(asked).get(("lineage", state, found.id), make)
    if made is None:
        return waiting(asked, title)
    clauses = [one for one in made.clauses if one.kind != "short"]
    here = f"/documents/{found.id}/lineage?page="
    return asked.page(
        "reading/lineage.html",
        title=title,
        document=found,
        made=made,
        clauses=clauses[(page - 1) * _PAGE : page * _PAGE],
        numbers={one.document: number for number, one in enumerate(made.sources, start=1)},
        target=target,
        page=page,
        previous=here + str(page - 1) if page > 1 else "",
        next=here + str(page + 1) if page * _PAGE < len(clauses) else "",
    )
