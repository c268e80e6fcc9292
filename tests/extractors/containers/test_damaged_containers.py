"""Whatever bytes are changed in a container: its members or a record, never a crash; and what has a checksum is right."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from email.message import EmailMessage
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rar_writer import rar4, rar5

from extractors import containers
from extractors.readers import mhtml
from schemas.errors import NotRead
from schemas.outcome import SourceFile

FILES = {"青岚县/方案.txt": "教共体建设方案\n".encode() * 20, "附件1 名单.txt": b"1\t2\n" * 50}


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in FILES.items():
            archive.writestr(name, data)
    return out.getvalue()


def _tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in FILES.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def _mail() -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", "方案"
    message.set_content("请查收附件")
    message.add_alternative("<p>请查收<img src='cid:a'></p>", subtype="html")
    for name, data in FILES.items():
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


@cache
def samples() -> dict[str, bytes]:
    mail = _mail()
    return {
        "zip": _zip(),
        "tar": _tar(),
        "gz": gzip.compress(_tar()),
        "bz2": bz2.compress(_tar()),
        "xz": lzma.compress(_tar()),
        "rar4": rar4(FILES),
        "rar5": rar5(FILES),
        "mail": mail,
        "mbox": b"From a@example.org Tue Sep  2 09:30:00 2025\n" + mail,
    }


changes = st.lists(
    st.tuples(
        st.floats(0, 1, exclude_max=True),
        st.sampled_from(["set", "cut", "copy", "end"]),
        st.binary(min_size=1, max_size=6),
    ),
    min_size=1,
    max_size=6,
)


def changed(data: bytes, what: list[tuple[float, str, bytes]]) -> bytes:
    out = bytearray(data)
    for where, kind, new in what:
        at = int(where * len(out))
        if kind == "set":
            out[at : at + len(new)] = new
        elif kind == "cut":
            del out[at : at + len(new) * 5]
        elif kind == "copy":
            out[at:at] = out[at // 2 : at // 2 + len(new) * 8]
        else:
            del out[max(at, 20) :]
    return bytes(out)


@pytest.mark.parametrize("kind", ["zip", "tar", "gz", "bz2", "xz", "rar4", "rar5", "mail", "mbox"])
@settings(max_examples=60, deadline=None)
@given(what=changes)
def test_a_changed_container_is_opened_or_refused(kind: str, what: list[tuple[float, str, bytes]]) -> None:
    data = changed(samples()[kind], what)
    if not containers.is_container(data, "县"):
        return
    try:
        found = containers.members(SourceFile("县", data))
    except NotRead:
        return
    assert found.files or found.failures
    assert all(file.uri.startswith("县!/") and ".." not in file.uri.split("/") for file in found.files)
    if kind in ("zip", "rar4", "rar5") and not containers.is_container(b"".join(f.data for f in found.files), ""):
        assert all(file.data in FILES.values() or not file.data for file in found.files)


@settings(max_examples=100, deadline=None)
@given(what=changes)
def test_a_changed_saved_page_is_read_or_refused(what: list[tuple[float, str, bytes]]) -> None:
    page = b"From: <Saved by x>\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b\n"
    page += b"Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\nPGh0bWw+PGJvZHk+PHA+5pWZ5YWx5L2T\n--b--\n"
    try:
        mhtml.read(changed(page, what), "页.mht")
    except NotRead:
        return
