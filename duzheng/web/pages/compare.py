"""Two documents clause by clause, chosen by their words or by how they stand to each other; where clauses come from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from duzheng.web.computed import computed
from duzheng.web.here import Here, Reader
from duzheng.web.names import called, file_name
from duzheng.web.pages.documents import find, target
from duzheng.web.text import Piece
from schemas.china_time import today_in_china
from schemas.errors import CorpusError, InvalidQuery

if TYPE_CHECKING:
    from corpus.corpus import Corpus
    from schemas.document import Document
    from schemas.relations import DocumentRef

router = APIRouter(include_in_schema=False)
_PAGE = 100
_CHOICES = 20


def waiting(asked: Here, title: str) -> Response:
    """The page that says that an answer is being made, and asks again by itself."""
    address = asked.request.url.path + ("?" + asked.request.url.query if asked.request.url.query else "")
    return asked.page("reading/waiting.html", 202, title=title, address=address)


@router.get("/compare")
def compare(asked: Reader, a: str = "", b: str = "", q: str = "", changed: str = "", page: int = 1) -> Response:
    """How ``b`` differs from ``a``, side by side; both are identifiers of documents. The one that is not given is chosen
    among those that ``q`` finds, and those that have to do with the other."""
    from duzheng.compare_report import COUNTED, pieces
    from extractors.alignment import compare_documents

    title, page = asked.word("reading.compare_title"), max(page, 1)
    a, b = a.strip(), b.strip()
    if not a or not b:
        return _choose(asked, title, a, b, q.strip())
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
    shown: dict[str, Any] = {
        "title": title,
        "a": a,
        "b": b,
        "changed": bool(changed),
        "page": page,
        "address": _address,
        "made": made,
        # Two versions often have one title and one day: then their files tell which is which.
        "files": {one.id: file_name(one.source.uri) for one in (left, right)},
        "alike": (made.left.title, made.left.date) == (made.right.title, made.right.date),
        "rows": rows,
        "counts": [(state, made.counts[state]) for state in COUNTED],
        "previous": here + str(page - 1) if page > 1 else "",
        "next": here + str(page + 1) if page * _PAGE < len(pairs) else "",
        "target": target,
    }
    return asked.page("reading/compare.html", **shown)


# Choosing


@dataclass(frozen=True, slots=True)
class _Choice:
    """A document that can be chosen: where that leads, and what it is called."""

    target: str
    id: str
    title: str | None
    about: tuple[str, ...]


def _address(**given: str) -> str:
    return "/compare?" + urlencode({name: value for name, value in given.items() if value})


def _choose(asked: Here, title: str, a: str, b: str, q: str) -> Response:
    """The page that asks for the document that is not given yet, the left one first."""
    other, side = ("", "a") if not a and not b else (a, "b") if a else (b, "a")
    problem, found, total = "", [], 0

    def choice(id: str, name: str | None, *about: object) -> _Choice:
        given = {"a": a, "b": b} | {side: id}
        return _Choice(_address(**given), id, name, tuple(str(one) for one in about if one))

    with asked.reading() as corpus:
        known = find(asked, corpus, other) if other else None
        if q:
            exact = corpus.document(q)
            if exact is not None:
                return RedirectResponse(choice(exact.id, exact.title).target, status_code=303)
            try:
                result = corpus.search(q, limit=_CHOICES, facets=())
            except InvalidQuery as error:
                problem = str(error)
            else:
                total = result.total
                found = [choice(one.document, one.title, one.number, one.issuer, one.date) for one in result.hits]
        groups = _near(corpus, known, choice) if known and not q else []
        state = corpus.state()
    if known and not q:

        def like() -> list[_Choice]:
            with asked.corpora.reading() as own:
                hits = own.similar(known.id, limit=_CHOICES).hits
            return [choice(one.document, one.title, one.number, one.issuer, one.date) for one in hits]

        groups.append(("similar", computed(asked).get(("choices", state, side, known.id), like) or []))
    return asked.page(
        "reading/choose.html",
        422 if problem else 200,
        title=title,
        known=known,
        side=side,
        q=q,
        problem=problem,
        found=[one for one in found if one.id != other],
        total=total,
        groups=[(name, [one for one in some if one.id != other]) for name, some in groups],
    )


def _near(corpus: Corpus, known: Document, choice: Callable[..., _Choice]) -> list[tuple[str, list[_Choice]]]:
    """What has to do with a document, by how; nothing while that is not worked out yet."""
    try:
        relations = corpus.relations().of(known.id, today_in_china())
    except CorpusError:
        return []
    lists: dict[str, Sequence[DocumentRef | None]] = {
        "versions": [one.document for one in relations.versions],
        "cites": [one.resolved for one in relations.cites],
        "cited_by": [one.citing for one in relations.cited_by],
        "copies": relations.duplicates.members if relations.duplicates else [],
        "attached_to": relations.attached_to,
    }
    return [
        (name, [choice(one.id, one.title, one.document_number, one.issuers, one.date) for one in different[:_CHOICES]])
        for name, some in lists.items()
        if (different := list({one.id: one for one in some if one and one.id != known.id}.values()))
    ]


# Lineage


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

    title = f"{asked.word('reading.lineage')} · {called(asked, found.title, found.source.uri)}"
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
