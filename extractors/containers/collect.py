"""What is taken out of a container: its files, what could not be taken out, and how much may be taken in all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from extractors.containers import names
from extractors.readers import limits
from schemas.errors import Cause, NotRead
from schemas.outcome import Failure, SourceFile
from schemas.reading import Note

SEPARATOR = "!/"
"""Between the container's name and the member's: ``方案.zip!/附件/名单.xlsx``."""

_RATIO_FROM = 2**20
"""Bytes from which on a member's ratio is looked at: a small one hurts nobody."""


@dataclass(slots=True)
class Members:
    """The files of a container, and those of its members that could not be taken out.

    ``meta`` holds what the container says of a member and the member itself does not (subject and date of a mail), by
    the member's uri, under the names of the ``<meta>`` tags that ``Reading.meta`` uses; ``notes`` likewise what a reader
    of the member must know.
    """

    files: list[SourceFile] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    meta: dict[str, dict[str, str]] = field(default_factory=dict)
    notes: dict[str, list[Note]] = field(default_factory=dict)


@dataclass(slots=True)
class Budget:
    """What may still be unpacked, over all levels of containers in one file."""

    members: int = limits.MAX_MEMBERS
    bytes: int = limits.MAX_UNPACKED_BYTES

    def count(self, uri: str, entries: int = 1) -> None:
        """Take entries (folders and links too) from the budget.

        Raises:
            NotRead: there are more than the limit.
        """
        self.members -= entries
        if self.members < 0:
            raise too_large(uri, f"超过 {limits.MAX_MEMBERS} 个文件 / more than {limits.MAX_MEMBERS} members")

    def room(self, uri: str, size: int) -> None:
        """Make sure that a member of ``size`` bytes has room, before it is unpacked.

        Raises:
            NotRead: it has not.
        """
        if size > self.bytes:
            megabytes = limits.MAX_UNPACKED_BYTES // 2**20
            raise too_large(uri, f"超过 {megabytes} MB / more than {megabytes} MB in all")


def too_large(uri: str, what: str) -> NotRead:
    """The refusal of a container that would unpack to too much."""
    message = f"解压后过大（{what}） / unpacks to more than the limits allow"
    return NotRead(uri, "over_limit", message, "请拆分后再交 / split it")


def damaged(uri: str, detail: object) -> NotRead:
    """The refusal of a container that cannot be opened."""
    said = " ".join(str(detail).split())[:200]
    return NotRead(
        uri, "damaged", f"压缩包损坏 / the archive is damaged: {said}", "请重新取得该文件 / obtain the file again"
    )


@dataclass(slots=True)
class Collector:
    """Where a container's module puts what it takes out; keeps names apart and within the budget."""

    file: SourceFile
    budget: Budget
    _out: Members = field(default_factory=Members)
    _seen: dict[str, int] = field(default_factory=dict)

    def uri(self, name: str) -> str | None:
        """The uri of a member from its name as decoded; None for what a system adds by itself (``__MACOSX/`` …).

        Two members of one name are both kept, the second as ``名单 (2).xlsx``.
        """
        label = names.label(name)
        if names.is_junk(label):
            return None
        while label in self._seen:
            self._seen[label] += 1
            label = names.numbered(label, self._seen[label])
        self._seen[label] = 1
        return f"{self.file.uri}{SEPARATOR}{label}"

    def fits(self, uri: str, size: int, packed: int | None = None) -> bool:
        """Whether a member may be unpacked; one that is too large by itself is recorded and the rest goes on.

        Args:
            uri: the member's.
            size: its size unpacked, as stated.
            packed: its packed size where the container states one, to tell a bomb.

        Raises:
            NotRead: the members together are too large.
        """
        if size > limits.MAX_BYTES:
            megabytes = limits.MAX_BYTES // 2**20
            self.fail(uri, "over_limit", f"解压后超过 {megabytes} MB / unpacks to more than {megabytes} MB", "")
            return False
        if packed is not None and size > _RATIO_FROM and size > limits.MAX_MEMBER_RATIO * max(packed, 1):
            message = (
                f"解压后是压缩时的 {limits.MAX_MEMBER_RATIO} 倍以上，疑为压缩炸弹 / unpacks to more than "
                f"{limits.MAX_MEMBER_RATIO} times its size"
            )
            self.fail(uri, "over_limit", message, "请解压后再交 / unpack it first")
            return False
        self.budget.room(self.file.uri, size)
        return True

    def add(self, uri: str, data: bytes, meta: dict[str, str] | None = None, notes: Sequence[Note] = ()) -> None:
        """Keep a member, with what the container says of it.

        Raises:
            NotRead: the members together are too large.
        """
        self.budget.room(self.file.uri, len(data))
        self.budget.bytes -= len(data)
        self._out.files.append(SourceFile(uri, data, self.file.fetched_at))
        if meta:
            self._out.meta[uri] = meta
        if notes:
            self._out.notes[uri] = list(notes)

    def fail(self, uri: str, cause: Cause, message: str, cure: str) -> None:
        """Record a member that cannot be taken out."""
        self._out.failures.append(Failure(uri=uri, cause=cause, message=message, cure=cure))

    def refuse(self, error: NotRead) -> None:
        """Record what cannot be taken out, as the error that says why."""
        self._out.failures.append(Failure.of(error))

    def broken(self, uri: str, detail: object = "") -> None:
        """Record a damaged member."""
        self.refuse(damaged(uri, detail))

    def encrypted(self, uri: str) -> None:
        """Record a member behind a password."""
        self.refuse(encrypted(uri))

    def done(self) -> Members:
        """What was taken out.

        Raises:
            NotRead: nothing at all.
        """
        if not self._out.files and not self._out.failures:
            message = "压缩包里没有文件 / the archive holds no files"
            raise NotRead(self.file.uri, "empty", message, "请重新取得该文件 / obtain it again")
        self._out.files.sort(key=lambda one: one.uri)
        return self._out


def encrypted(uri: str) -> NotRead:
    """The refusal of what stands behind a password."""
    return NotRead(
        uri,
        "encrypted",
        "压缩包有密码 / the archive is protected by a password",
        "请解压后再交 / unpack it with the password first",
    )
