"""Packs that people are working on: begun from a notice or a pack, their requirements filled in as forms, tried, published."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from checks import pack_columns, pack_drafts, pack_form, pack_shelf
from checks.matrix import SIGNS
from checks.pack import current, parse
from checks.pack_diff import diff
from checks.pack_drafts import PackDraft
from checks.pack_examples import run
from checks.pack_form import Fault, Typed
from checks.pack_lint import lint
from checks.pack_yaml import write_content
from checks.sentences import Part, sentences
from duzheng.web.computed import computed
from duzheng.web.controls import Shown, field_name, heading
from duzheng.web.here import Administrator, Here, Inspector
from duzheng.web.language import program
from duzheng.web.multipart import files_of
from schemas.document import Document
from schemas.errors import InvalidPack
from schemas.finding import VERDICT_NAMES, Verdict
from schemas.requirement import SEVERITIES, Pack

if TYPE_CHECKING:
    from flows.impact import FirstCount, Impact

router = APIRouter(include_in_schema=False)
Row = dict[str, Any]
_FLIPS = 200
_SOME = 30
_NOTICES = 50
_BRIEFLY = 0.05
_THEIRS = 80
"""Characters shown of what somebody else has written in a field."""
_AS_NEW = "new"
"""The mark of a requirement that somebody else has removed: saved once more it is put back, at the end."""
_VERSION = re.compile(r"^version:.*$", re.MULTILINE)


async def _sent(request: Request) -> list[tuple[str, str]]:
    form = await request.form()
    return [(name, text) for name, text in form.multi_items() if isinstance(text, str)]


Sent = Annotated[list[tuple[str, str]], Depends(_sent)]
"""The fields of a form that has as many as somebody needed."""
Short = Annotated[str, Form(max_length=300)]
Text = Annotated[str, Form(max_length=1_000_000)]


# Beginning one


@router.get("/drafts/new")
def begin(asked: Inspector, q: str = "", after: int = 0) -> Response:
    """Where a draft may begin: a notice of the corpus, a file, a pack."""
    with asked.reading() as corpus:
        if q.strip():
            hits = corpus.search(q, limit=_NOTICES, facets=(), role="requirement").hits
            notices = [(one.document, one.title or one.document, one.number or str(one.date or "")) for one in hits]
            following = 0
        else:
            rows = corpus.listed(after=max(after, 0), limit=_NOTICES, role="requirement")
            notices = [(row.id, row.title or row.uri, row.signed_on or "") for row in rows]
            following = rows[-1].seq if len(rows) == _NOTICES else 0
    return asked.page(
        "keeping/draft_new.html",
        title=asked.word("packs.new"),
        notices=notices,
        begun={one.document: one for one in pack_drafts.listed(asked.corpora.home) if one.document},
        following=following,
        q=q,
        packs=pack_shelf.known(asked.corpora.home),
    )


@router.post("/drafts/new/file")
async def from_file(asked: Inspector) -> Response:
    """A draft of the pack that an uploaded notice asks for."""
    from duzheng.reading import bounds
    from flows.drafting import asking
    from flows.uploading import read

    with tempfile.TemporaryDirectory(prefix="duzheng-") as folder:
        files = await files_of(asked.request, Path(folder), "notice")
        outcomes = await run_in_threadpool(read, [(one.name, one.path) for one in files], bounds())
    documents = [document for outcome in outcomes for document in outcome.documents]
    if not documents:
        failed = [str(outcome.failure) for outcome in outcomes if outcome.failure]
        raise HTTPException(422, "; ".join(failed) or asked.word("keeping.not_read"))
    return await run_in_threadpool(_drafted, asked, asking(documents))


@router.post("/drafts/new/notice")
def from_notice(asked: Inspector, document: Short) -> Response:
    """A draft of the pack that a notice of the corpus asks for."""
    with asked.reading() as corpus:
        found = corpus.document(document)
    if found is None:
        raise HTTPException(404)
    return _drafted(asked, found)


@router.post("/drafts/new/pack")
def from_pack(asked: Inspector, pack: Short) -> Response:
    """A draft of the next version of a pack."""
    home = asked.corpora.home
    found = next((one for one in pack_shelf.known(home) if one.id == pack), None)
    if found is None:
        raise HTTPException(404)
    text = _VERSION.sub(f"version: {pack_shelf.next_version(home, found.id)}", pack_shelf.text_of(home, found), count=1)
    return _begun(asked, text, based_on=f"{found.id}@{found.version}")


def _drafted(asked: Here, document: Document) -> Response:
    from flows.drafting import drafted, points

    made = drafted(document)
    with asked.reading() as corpus:
        stored = corpus.document(document.id) is not None
    return _begun(
        asked,
        made.text,
        document=document.id if stored else None,
        notice=document.title or document.source.uri,
        points=points(made),
        open=made.draft.open,
    )


def _begun(asked: Here, text: str, **known: Any) -> Response:
    made = pack_drafts.begin(asked.corpora.home, asked.person.name, text, **known)
    asked.note("pack draft begun", made.id, known.get("based_on") or known.get("notice") or "")
    return RedirectResponse(f"/drafts/{made.id}", status_code=303)


# Its requirements


@router.get("/drafts/{id}")
def overview(asked: Inspector, id: str) -> Response:
    """A draft: its head, and each requirement with clause, quote, severity and what is wrong with it."""
    return _overview(asked, _draft(asked, id))


def _overview(asked: Here, draft: PackDraft, status: int = 200, notes: Sequence[str] = ()) -> Response:
    try:
        content = pack_drafts.content(draft)
    except InvalidPack as error:
        return _yaml(asked, draft, draft.text, [*notes, str(error)], status)
    return asked.page(
        "keeping/draft.html",
        status,
        title=draft.title or draft.id,
        notes=notes,
        draft=draft,
        content=content,
        rows=[_row(draft, one) for one in content["requirements"]],
        head_faults=pack_form.to_pack(pack_form.of_pack(content), content)[1],
        forms={form: heading(asked.language, name) for form, name in pack_columns.FORM_NAMES.items()},
        severities=SEVERITIES,
    )


def _row(draft: PackDraft, requirement: Row) -> Row:
    id = str(requirement.get("id", ""))
    point = draft.points.get(id)
    faults = len(pack_form.to_requirement(pack_form.of_requirement(requirement))[1])
    return {
        "id": id,
        "title": str(requirement.get("title", "")),
        "clause": str(requirement.get("clause", "")),
        "text": str(requirement.get("text", "")),
        "severity": str(requirement.get("severity", "")),
        "form": str(requirement.get("form", "")),
        "mark": pack_drafts.mark(requirement),
        "faults": faults,
        "quotes": point.quotes if point else [],
        "open": point.open if point else [],
        "to_do": bool(faults or (point and point.open)),
    }


@router.post("/drafts/{id}/add")
def add(asked: Inspector, id: str, form: Short) -> Response:
    """One more requirement, at the end, to be filled in."""
    if form not in pack_columns.FORM_NAMES:
        raise HTTPException(422)
    with pack_drafts.changing(asked.corpora.home, _draft(asked, id).id, asked.person.name) as draft:
        content = pack_drafts.content(draft)
        last = content["requirements"][-1] if content["requirements"] else {}
        made = {"id": pack_drafts.free_id(content["requirements"]), "provenance": "primary"}
        made |= {name: last[name] for name in ("source",) if last.get(name)}
        content["requirements"].append({**made, "form": form, "parameters": {}})
        pack_drafts.put(draft, content)
        number = len(content["requirements"]) - 1
    asked.note("pack draft changed", id, f"{made['id']} added")
    return RedirectResponse(f"/drafts/{id}/requirements/{number}", status_code=303)


@router.post("/drafts/{id}/move")
def move(asked: Inspector, id: str, number: Annotated[int, Form(ge=0)], mark: Short, do: Short) -> Response:
    """A requirement up, down or away."""
    with pack_drafts.changing(asked.corpora.home, _draft(asked, id).id, asked.person.name) as draft:
        content = pack_drafts.content(draft)
        requirements = content["requirements"]
        at = pack_drafts.place(requirements, number, mark)
        if at is None:
            return _overview(asked, draft, 409, [_meanwhile(asked, draft, "packs.look_again")])
        one = requirements.pop(at)
        if do != "remove":
            requirements.insert(max(at + (-1 if do == "up" else 1), 0), one)
        pack_drafts.put(draft, content)
    asked.note("pack draft changed", id, f"{one.get('id', '')} {do if do in ('up', 'remove') else 'down'}")
    return RedirectResponse(f"/drafts/{id}#requirements", status_code=303)


@router.get("/drafts/{id}/requirements/{number}")
def requirement(asked: Inspector, id: str, number: int) -> Response:
    """One requirement as a form."""
    draft, requirements = _requirements(asked, id)
    if not 0 <= number < len(requirements):
        raise HTTPException(404)
    one = requirements[number]
    typed = pack_form.of_requirement(one)
    new = not one.get("title")
    faults = [] if new else pack_form.to_requirement(typed)[1]
    return _form(asked, draft, number, pack_drafts.mark(one), str(one.get("id", "")), typed, faults)


@router.post("/drafts/{id}/requirements/{number}")
def save_requirement(asked: Inspector, id: str, number: int, sent: Sent) -> Response:
    """What was typed: kept where it is right, shown again with what is wrong, or with a row more or less, where a button says so."""
    given = dict(sent)
    typed, do, mark, name = (
        pack_form.from_fields(sent),
        given.get("do", "save"),
        given.get("mark", ""),
        given.get("name", ""),
    )
    draft = pack_drafts.load(asked.corpora.home, id)
    if draft is None:
        return _gone(asked, write_content(pack_form.to_requirement(typed)[0]))
    if do not in ("save", "next", "keep"):
        pack_form.act(typed, do)
        faults = pack_form.to_requirement(typed)[1] if do == "check" else []
        return _form(asked, draft, number, mark, name, typed, faults, done=do)
    made, faults = pack_form.to_requirement(typed)
    if any(one.type in ("row", "json") for one in faults) or (faults and do != "keep"):
        return _form(asked, draft, number, mark, name, typed, faults, status=422)
    with pack_drafts.changing(asked.corpora.home, id, asked.person.name) as draft:
        content = pack_drafts.content(draft)
        requirements = content["requirements"]
        at = pack_drafts.place(requirements, number, mark)
        own = str(made.get("id", ""))
        if at is None and mark == _AS_NEW:
            at = len(requirements)
            requirements.append({})
        if at is None:
            # Somebody else has changed it: what stands there now is replaced only when this is sent once more.
            number = next((n for n, one in enumerate(requirements) if str(one.get("id", "")) == name), -1)
            mark = pack_drafts.mark(requirements[number]) if number >= 0 else _AS_NEW
            note = _meanwhile(asked, draft, "packs.changed_meanwhile" if number >= 0 else "packs.removed_meanwhile")
            theirs = pack_form.of_requirement(requirements[number]) if number >= 0 else typed
            faults = _otherwise(asked, typed, theirs)
            return _form(asked, draft, max(number, 0), mark, name, typed, faults, status=409, notes=[note])
        if any(str(one.get("id", "")) == own for place, one in enumerate(requirements) if place != at):
            taken = [Fault("requirement.0.id", "row", asked.word("packs.id_taken", id=own))]
            return _form(asked, draft, number, mark, name, typed, taken, status=422)
        if name in draft.points and own != name:
            draft.points[own] = draft.points.pop(name)
        requirements[at] = made
        pack_drafts.put(draft, content)
    asked.note("pack draft changed", id, own)
    if do == "next" and at + 1 < len(requirements):
        return RedirectResponse(f"/drafts/{id}/requirements/{at + 1}", status_code=303)
    return RedirectResponse(f"/drafts/{id}#{own}", status_code=303)


def _meanwhile(asked: Here, draft: PackDraft, word: str) -> str:
    """That somebody else has changed it, who, and when."""
    return asked.word(
        word, person=draft.changed_by or asked.word("packs.somebody"), at=asked.when(draft.changed_at)[11:]
    )


def _gone(asked: Here, text: str) -> Response:
    """The draft was published or thrown away while somebody was filling in a form of it: what was typed is not lost."""
    return asked.page("keeping/draft_gone.html", 409, title=asked.word("packs.draft_gone"), text=text)


def _otherwise(asked: Here, mine: Typed, theirs: Typed) -> list[Fault]:
    """Beside each field of mine that is otherwise in the draft what it is there."""
    return [
        Fault(field, "theirs", asked.word("packs.theirs", text=there[:_THEIRS] or asked.word("packs.empty")))
        for field, there in pack_form.otherwise(mine, theirs)
    ]


def _form(
    asked: Here,
    draft: PackDraft,
    number: int,
    mark: str,
    name: str,
    typed: Typed,
    faults: Sequence[Fault],
    done: str = "",
    status: int = 200,
    notes: Sequence[str] = (),
) -> Response:
    ids = [str(one.get("id", "")) for one in pack_drafts.content(draft)["requirements"]]
    return asked.page(
        "keeping/requirement_form.html",
        status,
        title=f"{asked.word('packs.requirement')} {name}",
        draft=draft,
        notes=notes,
        ids=ids,
        number=number,
        mark=mark,
        name=name,
        point=draft.points.get(name),
        form=Shown(typed, faults, asked.word, asked.language).requirement(),
        fault_count=len(faults),
        done=done,
    )


# Its head, its text


@router.get("/drafts/{id}/head")
def head(asked: Inspector, id: str) -> Response:
    """The head of the pack as a form: title, basis, whom it applies to."""
    draft = _draft(asked, id)
    content = pack_drafts.content(draft)
    typed = pack_form.of_pack(content)
    return _head(asked, draft, typed, pack_form.to_pack(typed, content)[1], _digest(typed))


@router.post("/drafts/{id}/head")
def save_head(asked: Inspector, id: str, sent: Sent) -> Response:
    """As ``save_requirement``."""
    given = dict(sent)
    typed, do, was = pack_form.from_fields(sent), given.get("do", "save"), given.get("was", "")
    draft = pack_drafts.load(asked.corpora.home, id)
    if draft is None:
        return _gone(asked, write_content(pack_form.to_pack(typed, {})[0]))
    if do not in ("save", "keep"):
        pack_form.act(typed, do)
        return _head(asked, draft, typed, [], was, done=do)
    with pack_drafts.changing(asked.corpora.home, id, asked.person.name) as draft:
        content = pack_drafts.content(draft)
        made, faults = pack_form.to_pack(typed, content)
        if any(one.type in ("row", "json") for one in faults) or (faults and do == "save"):
            return _head(asked, draft, typed, faults, was, 422)
        here = pack_form.of_pack(content)
        if was != _digest(here):
            notes = [_meanwhile(asked, draft, "packs.changed_meanwhile")]
            return _head(asked, draft, typed, _otherwise(asked, typed, here), _digest(here), 409, notes)
        pack_drafts.put(draft, made)
    asked.note("pack draft changed", id, "head")
    return RedirectResponse(f"/drafts/{id}", status_code=303)


def _head(
    asked: Here,
    draft: PackDraft,
    typed: Typed,
    faults: Sequence[Fault],
    was: str,
    status: int = 200,
    notes: Sequence[str] = (),
    done: str = "",
) -> Response:
    """``was``: what the head was when the form was first shown, so that nobody's change since is overwritten unasked."""
    return asked.page(
        "keeping/head_form.html",
        status,
        title=asked.word("packs.head"),
        draft=draft,
        notes=notes,
        form=Shown(typed, faults, asked.word, asked.language).pack(),
        fault_count=len(faults),
        was=was,
        done=done,
    )


def _digest(typed: Typed) -> str:
    return pack_drafts.mark({"lines": [[line.kind, line.typed] for line in typed.lines]})


@router.get("/drafts/{id}/yaml")
def yaml(asked: Inspector, id: str) -> Response:
    """The draft as the file it will be, for those who know YAML."""
    draft = _draft(asked, id)
    return _yaml(asked, draft, draft.text, [])


@router.post("/drafts/{id}/yaml")
def save_yaml(asked: Inspector, id: str, text: Text, state: Short) -> Response:
    """Keeps the text, unless it cannot be read or somebody else has changed it."""
    text = text.replace("\r\n", "\n")
    draft = pack_drafts.load(asked.corpora.home, id)
    if draft is None:
        return _gone(asked, text)
    try:
        pack_drafts.content(draft.model_copy(update={"text": text}))
    except InvalidPack as error:
        return _yaml(asked, draft, text, [str(error)], 422, state)
    with pack_drafts.changing(asked.corpora.home, id, asked.person.name) as draft:
        if draft.state != state:
            notes = [_meanwhile(asked, draft, "packs.changed_meanwhile")]
            return _yaml(asked, draft, text, notes, 409, theirs=draft.text)
        draft.text = text
    asked.note("pack draft changed", id, "yaml")
    return RedirectResponse(f"/drafts/{id}", status_code=303)


def _yaml(
    asked: Here,
    draft: PackDraft,
    text: str,
    notes: Sequence[str],
    status: int = 200,
    state: str | None = None,
    theirs: str = "",
) -> Response:
    return asked.page(
        "keeping/draft_yaml.html",
        status,
        title=asked.word("packs.yaml"),
        draft=draft,
        text=text,
        theirs=theirs,
        notes=[asked.half(one) for one in notes],
        state=draft.state if state is None else state,
    )


@router.post("/drafts/{id}/undo")
def undo(asked: Inspector, id: str, state: Short) -> Response:
    """Back to the text before the last change; once more, and forward again."""
    with pack_drafts.changing(asked.corpora.home, _draft(asked, id).id, asked.person.name) as draft:
        if draft.state != state:
            return _overview(asked, draft, 409, [_meanwhile(asked, draft, "packs.look_again")])
        if draft.before is not None:
            draft.text = draft.before
    asked.note("pack draft changed", id, "undo")
    return RedirectResponse(f"/drafts/{id}", status_code=303)


@router.post("/drafts/{id}/remove")
def remove(asked: Inspector, id: str, state: Short) -> Response:
    """Throws a draft away, unless somebody else is writing in it."""
    with pack_drafts.changing(asked.corpora.home, _draft(asked, id).id, asked.person.name) as draft:
        if draft.state != state:
            return _overview(asked, draft, 409, [_meanwhile(asked, draft, "packs.look_again")])
        draft.end()
    asked.note("pack draft removed", id)
    return RedirectResponse("/packs", status_code=303)


# Trying and publishing


@router.get("/drafts/{id}/review")
def review(asked: Inspector, id: str, against: str = "") -> Response:
    """What stands between a draft and its publication: lint, examples, what changes from the earlier pack, which verdicts flip."""
    return _review(asked, _draft(asked, id), against)


@router.post("/drafts/{id}/publish")
def publish(asked: Administrator, id: str, state: Short) -> Response:
    """Puts a pack into force for this corpus, unless something in it is wrong or one of its examples fails."""
    home = asked.corpora.home
    with pack_drafts.changing(home, _draft(asked, id).id, asked.person.name) as draft:
        if draft.state != state:
            return _review(asked, draft, "", 409, [_meanwhile(asked, draft, "packs.look_again")])
        written = pack_drafts.read(draft)
        if any(one.level == "error" for one in lint(written)):
            return _review(asked, draft, "", 422, [asked.word("packs.has_errors")])
        if not all(one.passed for one in run(parse(written))):
            return _review(asked, draft, "", 422, [asked.word("packs.has_failures")])
        try:
            made = pack_shelf.publish(home, draft.text)
        except InvalidPack as error:
            return _review(asked, draft, "", 422, [asked.half(str(error))])
        draft.end()
    asked.note("pack published", made.id, f"{made.version} SHA-256 {made.sha256}")
    return RedirectResponse(f"/packs/{made.id}", status_code=303)


def _review(asked: Here, draft: PackDraft, against: str, status: int = 200, notes: Sequence[str] = ()) -> Response:
    written = pack_drafts.read(draft)
    keep = computed(asked)
    problems = keep.get(("pack lint", draft.state), lambda: lint(written))
    values: dict[str, Any] = dict.fromkeys(("examples", "impact", "compared", "old", "pack"))
    values |= {"titles": {}, "flips": [], "firsts": [], "failing": []}
    known = pack_shelf.known(asked.corpora.home)
    why = None
    try:
        pack = values["pack"] = parse(written)
    except InvalidPack as error:
        why, pack = str(error), None
    waiting = problems is None
    if pack is not None:
        why = pack_shelf.refused(asked.corpora.home, pack)
        examples = keep.get(("pack examples", draft.state), lambda: list(run(pack)), _BRIEFLY)
        values["examples"], waiting = examples, waiting or examples is None
        failing = [one for one in examples or () if not one.passed]
        values["failing"] = [(one, _why(asked, one.why, one.got)) for one in failing]
        old = values["old"] = _earlier(asked, known, pack, against)
        values["compared"] = diff(old, pack) if old else None
        if (found := _impact(asked, old, pack)) is not None:
            values["impact"], values["titles"] = found
            values["flips"] = [(one, _why(asked, one.why, one.after)) for one in found[0].flips]
            values["firsts"] = _firsts(found[0], pack)
        waiting = waiting or found is None
    return asked.page(
        "keeping/review.html",
        status,
        title=f"{asked.word('packs.review')} {pack.id + ' ' + pack.version if pack else draft.id}",
        draft=draft,
        problems=problems,
        numbers=_numbers(draft),
        why=why,
        notes=notes,
        waiting=waiting,
        known=known,
        next_version=pack_shelf.next_version(asked.corpora.home, pack.id) if pack else None,
        signs=SIGNS,
        most=_FLIPS,
        some=_SOME,
        called=partial(field_name, asked.language),
        **values,
    )


def _impact(asked: Here, old: Pack | None, new: Pack) -> tuple[Impact, dict[str, str]] | None:
    """What the new pack does to the stored plans, and the titles of some of those that enter or leave its scope."""
    from flows.impact import impact

    with asked.reading() as corpus:
        numbers = corpus.state()

    def make() -> tuple[Impact, dict[str, str]]:
        with asked.corpora.reading() as own:
            found = impact(own, old, new, most=_FLIPS)
            plans = [(id, own.document(id)) for id in (*found.entering[:_SOME], *found.leaving[:_SOME])]
        return found, {id: (plan.title if plan else None) or id for id, plan in plans}

    return computed(asked).get(("pack impact", numbers, old and old.sha256, new.sha256), make, _BRIEFLY)


def _firsts(found: Impact, pack: Pack) -> list[tuple[str, str, list[FirstCount]]]:
    """What each requirement that the old pack does not have says of the plans, most plans first."""
    counts: dict[str, list[FirstCount]] = {}
    for one in sorted(found.firsts, key=lambda one: -one.plans):
        counts.setdefault(one.requirement, []).append(one)
    return [(one.id, one.title, counts[one.id]) for one in pack.requirements if one.id in counts]


def _why(asked: Here, why: str, verdict: Verdict | None) -> Sequence[Part]:
    """How a verdict came about, in the person's language; the verdict itself stands beside it."""
    if verdict is None:  # nothing was judged
        return [Part(asked.half(why))]
    how = why.partition("：")[2].removeprefix(f"{VERDICT_NAMES[verdict]}。")
    if asked.language == "Hans":
        return [Part(how)]
    parts = sentences(how, "en" if asked.language == "en" else "zh")
    if parts is None:
        return [Part(how, True)]
    return [one if one.written else Part(program(asked.language, one.text)) for one in parts]


def _earlier(asked: Here, known: Sequence[Pack], pack: Pack, against: str) -> Pack | None:
    """The pack that a draft is compared with: the one named, else that of its id, one it supersedes, one of its province."""
    by_id = {one.id: one for one in known}
    if against:
        id, _, version = against.partition("@")
        return pack_shelf.version_of(asked.corpora.home, id, version) if version else by_id.get(id)
    named = [by_id[id] for id in (pack.id, *pack.supersedes) if id in by_id]
    beside = [one for one in current(known) if set(one.applies.provinces) & set(pack.applies.provinces)]
    return next(iter([*named, *beside]), None)


def _numbers(draft: PackDraft) -> dict[str, int]:
    """Where each requirement's form is."""
    try:
        requirements = pack_drafts.content(draft)["requirements"]
    except InvalidPack:
        return {}
    return {str(one.get("id", "")): number for number, one in enumerate(requirements)}


def _draft(asked: Here, id: str) -> PackDraft:
    found = pack_drafts.load(asked.corpora.home, id)
    if found is None:
        raise HTTPException(404)
    return found


def _requirements(asked: Here, id: str) -> tuple[PackDraft, list[Row]]:
    draft = _draft(asked, id)
    return draft, pack_drafts.content(draft)["requirements"]
