"""Files out of a form, within bounds. The role is looked at before any of them is read."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fastapi import HTTPException, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException as StarletteHTTPException

from duzheng.web.names import file_name
from schemas.typed import UNSEEN

LARGEST_UPLOAD = 200 * 1024**2
"""Bytes of one request with files."""
MOST_FILES = 200
_BROKEN = "表单不合格式 / this is no form as browsers send it"
_UNSAFE = re.compile(rf'(?:[\t\n\r\\/:*?"<>|]|{UNSEEN.pattern})+')


@dataclass(frozen=True, slots=True)
class Given:
    """A file as it was given; ``name`` is a label, never a path, and ``path`` where its content was put."""

    name: str
    path: Path


def safe_name(name: str) -> str:
    """The last part of a name, without what no file system or header takes."""
    return _UNSAFE.sub("_", file_name(name)).strip(" .")[-150:] or "file"


async def files_of(request: Request, folder: Path, field: str = "files") -> Sequence[Given]:
    """The files of a form, in their order, put into ``folder``; those without a name and content are left out.

    Their contents are never in memory together: what is larger than a megabyte goes to disk as it comes in.

    Raises:
        HTTPException: 400 a form that is broken, 413 too many or too large, 415 no form with files, 422 none.
    """
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise HTTPException(415, "须以 multipart/form-data 发送文件 / send files as multipart/form-data")
    try:
        form = await request.form(max_files=MOST_FILES, max_fields=100)
    except StarletteHTTPException as error:
        many = str(error.detail).startswith("Too many files")
        said = f"一次最多 {MOST_FILES} 个文件 / at most {MOST_FILES} files at once" if many else _BROKEN
        raise HTTPException(413 if many else 400, said) from error
    given = [one for one in form.getlist(field) if isinstance(one, UploadFile) and (one.filename or one.size)]
    if len(given) > MOST_FILES:
        raise HTTPException(413, f"一次最多 {MOST_FILES} 个文件 / at most {MOST_FILES} files at once")
    if sum(one.size or 0 for one in given) > LARGEST_UPLOAD:
        raise HTTPException(413, f"一次最多 {LARGEST_UPLOAD // 1024**2} MB / at most that much at once")
    if not given:
        raise HTTPException(422, f"{field}: 没有文件 / no files")
    return await run_in_threadpool(_put, given, folder)


def _put(given: Sequence[UploadFile], folder: Path) -> list[Given]:
    found = []
    for number, one in enumerate(given):
        path = folder / f"{number:04}"
        one.file.seek(0)
        with path.open("wb") as file:
            shutil.copyfileobj(one.file, file)
        found.append(Given(safe_name(one.filename or "file"), path))
    return found


def described(field: str = "files") -> dict[str, object]:
    """The form, for the description of a route."""
    files = {"type": "array", "items": {"type": "string", "contentMediaType": "application/octet-stream"}}
    schema = {"type": "object", "properties": {field: files}, "required": [field]}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}
