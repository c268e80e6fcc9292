"""Uploading plans over JSON: they are taken into the corpus and checked in the background, as on the page."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException
from starlette.concurrency import run_in_threadpool

from duzheng.web.here import Inspector
from duzheng.web.jobs import uploads_of
from duzheng.web.multipart import described, files_of
from duzheng.web.problem import COMMON
from schemas.upload import Upload

router = APIRouter(prefix="/api/v1", tags=["uploads"], responses=COMMON)


@router.post("/uploads", status_code=202, openapi_extra=described())
async def upload(here: Inspector) -> Upload:
    """Takes the form's `files` in and checks their plans, in the background; ask for the upload until it has ended."""
    uploads = uploads_of(here.request.app.state)
    with uploads.receiving() as folder:
        given = await files_of(here.request, folder)
        made = await run_in_threadpool(uploads.start, here.person.name, given, folder)
    here.note("upload", made.id, f"{len(given)}")
    return made


@router.get("/uploads/{id}")
def result(here: Inspector, id: str) -> Upload:
    """How far an upload is (`stage`: done, failed or interrupted at its end), and what was read from each file."""
    found = uploads_of(here.request.app.state).find(id)
    if found is None:
        raise HTTPException(404, "没有这次上传 / there is no such upload")
    return found
