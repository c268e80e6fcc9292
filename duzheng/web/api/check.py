"""Checking plans that are sent along; nothing is kept."""

from __future__ import annotations

import tempfile
from pathlib import Path

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool

from duzheng.web.here import Inspector
from duzheng.web.multipart import described, files_of
from duzheng.web.problem import COMMON
from schemas.interface import Checked

router = APIRouter(prefix="/api/v1", tags=["check"], responses=COMMON)


@router.post("/check", openapi_extra=described())
async def check(here: Inspector) -> Checked:
    """Reads the plans in the form's `files` and holds each against the packs of its province. Nothing is stored."""
    from duzheng.reading import bounds
    from flows.uploading import examine

    with tempfile.TemporaryDirectory(prefix="duzheng-") as folder:
        files = [(one.name, one.path) for one in await files_of(here.request, Path(folder))]
        return await run_in_threadpool(examine, files, here.corpora.home, bounds())
