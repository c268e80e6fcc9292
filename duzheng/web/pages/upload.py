"""Uploading plans: many files at once, their progress, what became of them, and what is sent back to the county."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from checks.axes import Axes
from checks.matrix import SIGNS
from corpus.corpus import Corpus
from duzheng.web.here import Here, Inspector
from duzheng.web.jobs import uploads_of
from duzheng.web.made import attached, written
from duzheng.web.multipart import LARGEST_UPLOAD, MOST_FILES, files_of
from schemas.china_time import today_in_china
from schemas.finding import FAULTS, PlanCheck
from schemas.standing import State
from schemas.upload import Upload, UploadedDocument

router = APIRouter(include_in_schema=False)
_SHOWN = 20


def _found(asked: Here, id: str) -> Upload:
    upload = uploads_of(asked.request.app.state).find(id)
    if upload is None:
        raise HTTPException(404)
    return upload


@router.get("/upload")
def form(asked: Inspector) -> Response:
    """The form, and the last uploads."""
    return asked.page(
        "keeping/upload.html",
        title=asked.word("upload"),
        uploads=uploads_of(asked.request.app.state).latest(_SHOWN),
        most=MOST_FILES,
        megabytes=LARGEST_UPLOAD // 1024**2,
    )


@router.post("/upload")
async def upload(asked: Inspector) -> Response:
    """Takes files in the background."""
    uploads = uploads_of(asked.request.app.state)
    with uploads.receiving() as folder:
        given = await files_of(asked.request, folder)
        made = await run_in_threadpool(uploads.start, asked.person.name, given, folder)
    asked.note("upload", made.id, f"{len(given)}")
    return RedirectResponse(f"/upload/{made.id}", status_code=303)


@router.get("/upload/{id}")
def result(asked: Inspector, id: str) -> Response:
    """How far it is; at the end what was read from each file, its verdicts, or why not."""
    one = _found(asked, id)
    checks: dict[str, list[PlanCheck]] = {}
    states: dict[str, State] = {}
    elsewhere: dict[str, str] = {}
    if one.ended and any(file.documents for file in one.files):
        today = today_in_china()
        with asked.reading() as corpus:
            for check in _checks(corpus, one):
                checks.setdefault(check.plan.id, []).append(check)
            # The page is sent to the county like the notice: both say the same of what people have decided.
            present = corpus.present(today)
            states = {str(each.finding.id): each.state for id in checks for each in present.of_plan(id, today)}
            for file in one.files:
                others = (name for name in corpus.locations(file.sha256) if not name.startswith(f"upload/{id}/"))
                elsewhere[file.sha256] = next(others, "")
    return asked.page(
        "keeping/uploaded.html",
        title=asked.word("upload"),
        upload=one,
        checks=checks,
        states=states,
        elsewhere=elsewhere,
        same=_same(one),
        why_not=partial(_why_not, asked),
        signs=SIGNS,
        faults=FAULTS,
    )


@router.get("/upload/{id}/notices")
def notices(asked: Inspector, id: str) -> Response:
    """The 整改通知 of each unit, as DOCX; of several units in a ZIP."""
    from checks.outputs.notice import write_notices

    with asked.reading() as corpus:
        made, axes = _judged(corpus, _found(asked, id))
    with tempfile.TemporaryDirectory(prefix="duzheng-") as folder:
        files = [(path.name, path.read_bytes()) for path in write_notices(made, Path(folder), axes=axes)]
    if not files:
        raise HTTPException(404, asked.word("keeping.nothing_to_put_right"))
    if len(files) == 1:
        return attached(files[0][1], files[0][0])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return attached(packed.getvalue(), f"整改通知_{id}.zip")


@router.get("/upload/{id}/ledger")
def ledger(asked: Inspector, id: str) -> Response:
    """The issue ledger of the upload's plans, as a workbook."""
    from checks.ledger import write_ledger

    with asked.reading() as corpus:
        made, axes = _judged(corpus, _found(asked, id))
    return attached(written(lambda path: write_ledger(made, path, axes), "ledger.xlsx"), f"问题台账_{id}.xlsx")


@router.get("/upload/{id}/report")
def report(asked: Inspector, id: str) -> Response:
    """The report of the upload's plans, as one HTML file to send on."""
    from checks.report import write_report
    from duzheng.handover import documents_of

    with asked.reading() as corpus:
        made, axes = _judged(corpus, _found(asked, id))
        documents = documents_of(corpus, made)
    return attached(
        written(lambda path: write_report(made, documents, path, axes), "report.html"), f"核查报告_{id}.html"
    )


def _same(upload: Upload) -> dict[int, str]:
    """For each file by its number, from 1, the name of an earlier one of the same content; empty where there is none."""
    first: dict[str, str] = {}
    named = ((number, first.setdefault(file.sha256, file.name), file) for number, file in enumerate(upload.files, 1))
    return {number: name if name != file.name and not file.beside else "" for number, name, file in named}


def _why_not(asked: Here, one: UploadedDocument) -> str:
    """Why no pack speaks about a document: what somebody can do about it follows from that."""
    if one.role != "plan":
        return asked.word("keeping.no_plan")
    if not one.on_topic:
        return asked.word("keeping.off_topic")
    if not one.jurisdiction.province:
        return asked.word("keeping.no_province")
    return asked.word("keeping.no_pack", province=one.jurisdiction.province)


def _checks(corpus: Corpus, upload: Upload) -> list[PlanCheck]:
    wanted = {one.id: set(one.packs) for file in upload.files for one in file.documents if one.packs}
    return [check for id, packs in wanted.items() for check in _last(corpus, id) if check.pack.id in packs]


def _last(corpus: Corpus, document: str) -> Sequence[PlanCheck]:
    """The last check of a plan with each pack: a pack that has changed since has several."""
    found: dict[str, PlanCheck] = {}
    for check in corpus.checks(document):
        found.setdefault(check.pack.id, check)
    return list(found.values())


def _judged(corpus: Corpus, upload: Upload) -> tuple[list[PlanCheck], dict[str, Axes]]:
    from flows.ledger import axes

    made = _checks(corpus, upload)
    if not made:
        raise HTTPException(404)
    today = today_in_china()
    present = corpus.present(today)
    standings = [one for id in dict.fromkeys(check.plan.id for check in made) for one in present.of_plan(id, today)]
    return made, axes(standings)
