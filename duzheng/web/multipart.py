"""Files out of a form, within bounds. The role is looked at before any of them is read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from fastapi import HTTPException, Request
from starlette.datastructures import UploadFile

LARGEST_UPLOAD = 200 * 1024**2
"""Bytes of one request with files."""
MOST_FILES = 200
_UNSAFE = re.compile(r'[\x00-\x1f\x7f\\/:*?"<>|\u202a-\u202e\u2066-\u2069\ud800-\udfff]+')


@dataclass(frozen=True, slots=True)
class Given:
    """A file as it was given; ``name`` is a label, never a path."""

    name: str
    data: bytes


def file_name(name: str) -> str:
    """The last part of a name, without what no file system or header takes."""
    last = PurePosixPath(name.replace("\\", "/").rpartition("!/")[2] or name).name
    return _UNSAFE.sub("_", last).strip(" .")[-150:] or "file"


async def files_of(request: Request, field: str = "files") -> Sequence[Given]:
    """The files of a form, in their order; those without a name and content are left out.

    Raises:
        HTTPException: 413 too many or too large, 422 none.
    """
    form = await request.form(max_files=MOST_FILES, max_fields=100)
    given = [one for one in form.getlist(field) if isinstance(one, UploadFile) and (one.filename or one.size)]
    if len(given) > MOST_FILES:
        raise HTTPException(413, f"一次最多 {MOST_FILES} 个文件 / at most {MOST_FILES} files at once")
    if sum(one.size or 0 for one in given) > LARGEST_UPLOAD:
        raise HTTPException(413, f"一次最多 {LARGEST_UPLOAD // 1024**2} MB / at most that much at once")
    if not given:
        raise HTTPException(422, f"{field}: 没有文件 / no files")
    return [Given(file_name(one.filename or "file"), await one.read()) for one in given]


def described(field: str = "files") -> dict[str, object]:
    """The form, for the description of a route."""
    files = {"type": "array", "items": {"type": "string", "contentMediaType": "application/octet-stream"}}
    schema = {"type": "object", "properties": {field: files}, "required": [field]}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}
