"""Any tree of files with Chinese names comes back out of every kind of container, and any mail out of what it was built of."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
import zipfile
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rar_writer import rar4, rar5

from extractors import containers
from extractors.containers import names, seven_zip
from schemas.outcome import SourceFile

CHARACTERS = "青岚县云汀实验小学方案附件一二名单教共体建设通知（定稿）—— 123abc"
part = st.text(CHARACTERS, min_size=1, max_size=8).map(str.strip).filter(lambda p: p and not p.startswith("."))
path = st.lists(part, min_size=1, max_size=3).map("/".join)
trees = st.dictionaries(path, st.binary(max_size=300), min_size=1, max_size=6).filter(
    lambda tree: (
        all(names.label(p) == p for p in tree)
        # A file cannot stand where a folder does.
        and not any(other != p and other.startswith(p + "/") for p in tree for other in tree)
    )
)
few = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def members(data: bytes, name: str) -> dict[str, bytes]:
    found = containers.members(SourceFile(name, data))
    assert found.failures == []
    return {file.uri.removeprefix(f"{name}!/"): file.data for file in found.files}


class GbkInfo(zipfile.ZipInfo):
    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


@few
@given(trees, st.booleans(), st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2]))
def test_zip(tree: dict[str, bytes], gbk: bool, method: int) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in tree.items():
            info = GbkInfo(name) if gbk else zipfile.ZipInfo(name)
            info.compress_type = method
            archive.writestr(info, data)
    assert members(out.getvalue(), "a.zip") == tree


@few
@given(
    trees,
    st.sampled_from(["utf-8", "gbk"]),
    st.sampled_from(["", "gz", "bz2", "xz"]),
    st.sampled_from([tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]),
)
def test_tar(tree: dict[str, bytes], encoding: str, packed: str, format: int) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=f"w:{packed}", format=format, encoding=encoding) as archive:  # type: ignore[call-overload]
        for name, data in tree.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    assert members(out.getvalue(), "a.tar") == tree


@few
@given(trees)
def test_rar(tree: dict[str, bytes]) -> None:
    assert members(rar5(tree), "a.rar") == tree
    assert members(rar4(tree), "a.rar") == tree


@settings(parent=few, max_examples=20)
@given(trees)
def test_seven_zip(tree: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        below = Path(folder, "in")
        for name, data in tree.items():
            (below / name).parent.mkdir(parents=True, exist_ok=True)
            (below / name).write_bytes(data)
        archive = Path(folder, "a.7z")
        command = [str(seven_zip.binary()), "a", "-mx=1", str(archive), "."]
        subprocess.run(command, cwd=below, check=True, capture_output=True)
        assert members(archive.read_bytes(), "a.7z") == tree


texts = st.text(CHARACTERS + "，。\n", min_size=60, max_size=200).filter(lambda t: len("".join(t.split())) > 50)


@few
@given(
    texts,
    st.dictionaries(part.map(lambda p: p + ".txt"), st.binary(min_size=1, max_size=200), max_size=3),
    part,
    st.sampled_from(["utf-8", "gb18030"]),
    st.sampled_from(["base64", "quoted-printable"]),
    st.booleans(),
)
def test_mail(text: str, attached: dict[str, bytes], subject: str, charset: str, encoding: str, crlf: bool) -> None:
    message = EmailMessage(policy=SMTP) if crlf else EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", subject
    message.set_content(text, charset=charset, cte=encoding)
    for name, data in attached.items():
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    found = containers.members(SourceFile("信.eml", message.as_bytes()))
    got = {file.uri.removeprefix("信.eml!/"): file.data for file in found.files}
    bodies = [name for name in got if name in ("正文.txt", "正文/正文.txt")]
    assert len(bodies) <= 1
    for name in bodies:
        assert "".join(got.pop(name).decode("utf-8-sig").split()) == "".join(text.split())
    assert found.failures == []
    assert got == {names.label(name): data for name, data in attached.items()}
    assert [meta["ArticleTitle"] for meta in found.meta.values()] == [subject] * len(bodies)
