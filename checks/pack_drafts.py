"""Packs that people are working on, in ``packs/drafts`` of a corpus folder: a file each, whole after every change.

A draft holds the YAML text of a pack, valid or not, and what is known of it besides: who works on it, the notice it was drafted
from and what that says of each requirement. Forms change the text's data, which leaves its comments out; what they said of a
drafted requirement is kept as ``points``. Nothing in a draft is ever applied: only published packs are (``checks.pack_shelf``).
"""

from __future__ import annotations

import fcntl
import os
import re
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, date, datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Any

from pydantic import Field, PrivateAttr, ValidationError

from checks.pack import MAX_BYTES, Written
from checks.pack_shelf import FOLDER, written
from checks.pack_yaml import write_content
from schemas.document import Model
from schemas.errors import InvalidPack

MOST = 500
"""Drafts in one corpus."""
_DRAFTS = "drafts"
_ID = re.compile(r"[0-9]{8}-[0-9a-f]{8}")
_LARGEST = 8 * MAX_BYTES
_TITLE = re.compile(r"^title: *(\S[^\n]{0,300})", re.MULTILINE)
_lock = threading.Lock()
Row = dict[str, Any]


class Quote(Model):
    """A stretch of the notice that a requirement was drafted from, in its own characters."""

    start: int
    end: int
    quote: str


class Point(Model):
    """What the notice says of one drafted requirement, and what was left open."""

    quotes: list[Quote] = Field(default_factory=list)
    open: list[str] = Field(default_factory=list)


class PackDraft(Model):
    """One draft.

    ``based_on``: the pack it was made from, ``id@version``; ``document`` and ``notice``: the notice it was drafted from, its
    identifier in the corpus (where it is there) and its title. ``before``: the text before the last change.
    """

    id: str
    made_by: str
    made_at: datetime
    changed_by: str
    changed_at: datetime
    based_on: str | None = None
    document: str | None = None
    notice: str | None = None
    points: dict[str, Point] = Field(default_factory=dict)
    open: list[str] = Field(default_factory=list)
    text: str
    before: str | None = None
    _ended: bool = PrivateAttr(default=False)

    @property
    def state(self) -> str:
        """Changes when the text does: a form that was made of another state is not to be written over this one unasked."""
        return sha256(self.text.encode()).hexdigest()[:16]

    @property
    def title(self) -> str:
        """The pack's title, so far as one can tell without reading all of the text; empty where there is none."""
        found = _TITLE.search(self.text)
        return found[1].strip().strip("'\"") if found else ""

    def end(self) -> None:
        """Takes it away when the change (``changing``) is done."""
        self._ended = True


def begin(home: Path, person: str, text: str, **known: Any) -> PackDraft:
    """A new draft; ``known`` are further fields of ``PackDraft``.

    Raises:
        InvalidPack: there are ``MOST`` of them, the text is too large, or it cannot be written.
    """
    if len(list(_folder(home).glob("*.json"))) >= MOST:
        raise InvalidPack(
            f"草稿已有 {MOST} 份，请先删去不用的 / there are {MOST} drafts; remove some that are not needed"
        )
    now = datetime.now(UTC)
    made = PackDraft(
        id=f"{now:%Y%m%d}-{token_hex(4)}",
        made_by=person,
        made_at=now,
        changed_by=person,
        changed_at=now,
        text=_bounded(text),
        **known,
    )
    _write(home, made)
    return made


def load(home: Path, id: str) -> PackDraft | None:
    """The draft of that identifier, or None where there is none.

    Raises:
        InvalidPack: its file is damaged.
    """
    if not _ID.fullmatch(id):
        return None
    path = _folder(home) / f"{id}.json"
    try:
        if path.stat().st_size > _LARGEST:
            raise InvalidPack(f"{path.name}: 大于 {_LARGEST} 字节 / larger than {_LARGEST} bytes (请删去 / remove it)")
        return PackDraft.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise InvalidPack(
            f"{path.name}: 草稿文件已损坏 / cannot be read: {str(error).splitlines()[0]} (请删去 / remove it)"
        ) from error


def listed(home: Path) -> list[PackDraft]:
    """Every draft that can be read, the one that was changed last first."""
    found = []
    for path in _folder(home).glob("*.json"):
        try:
            draft = load(home, path.stem)
        except InvalidPack:
            continue
        if draft is not None:
            found.append(draft)
    return sorted(found, key=lambda one: one.changed_at, reverse=True)


@contextmanager
def changing(home: Path, id: str, person: str) -> Iterator[PackDraft]:
    """The draft as it is now, to be changed: what it is at the end is kept. Nobody else changes one meanwhile, in this process
    or in another one: who compares ``state`` or a ``mark`` in here and then writes overwrites nobody.

    Raises:
        InvalidPack: it is gone or damaged, has become too large, or cannot be written; it is then as it was.
    """
    with _lock, _alone(home):
        draft = load(home, id)
        if draft is None:
            raise InvalidPack(
                f"{id}: 没有这份草稿 / there is no such draft (已删除或已发布 / it was removed or published)"
            )
        before = draft.text
        yield draft
        if draft._ended:
            (_folder(home) / f"{id}.json").unlink(missing_ok=True)
            return
        if draft.text != before:
            _bounded(draft.text)
            draft.before = before
            draft.changed_by, draft.changed_at = person, datetime.now(UTC)
        _write(home, draft)


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Keeps the other processes of a server out, which wait; ``_lock`` does it for the threads of this one."""
    try:
        _folder(home).mkdir(parents=True, exist_ok=True)
        file = (_folder(home) / ".changing.lock").open("ab")
    except OSError as error:
        raise InvalidPack(f"{_folder(home)}: 无法写入 / the drafts cannot be written: {error}") from error
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)  # given back with the file
        yield


def read(draft: PackDraft) -> Written:
    """The pack of a draft, not validated.

    Raises:
        InvalidPack: it is no YAML; the message names the line.
    """
    return written(draft.text, "pack")


def content(draft: PackDraft) -> Row:
    """What the text of a draft holds, with days as texts and every requirement a mapping, so that forms can show it.

    Raises:
        InvalidPack: it is no YAML, or its requirements are no list of mappings.
    """
    return deepcopy(_content(draft.text))


@lru_cache(maxsize=16)
def _content(text: str) -> Row:
    """A page of a draft needs it several times over, and the next page again: reading YAML takes longer than all the rest."""
    found: Row = _plain(written(text, "pack").content)
    requirements = found.setdefault("requirements", [])
    if not isinstance(requirements, list) or not all(isinstance(one, dict) for one in requirements):
        raise InvalidPack(
            "pack: requirements: 不是要求的列表 / is no list of requirements (请在 YAML 中改正 / correct it in the YAML)"
        )
    return found


def put(draft: PackDraft, made: Row) -> None:
    """Makes the text of a draft say ``made``."""
    draft.text = write_content(made)


def mark(requirement: Row) -> str:
    """What tells whether a requirement has been changed by somebody else."""
    return sha256(write_content(requirement).encode()).hexdigest()[:16]


def place(requirements: list[Row], number: int, marked: str) -> int | None:
    """Where the requirement with that mark is now, expected at ``number``; None where it was changed or removed."""
    if number < len(requirements) and mark(requirements[number]) == marked:
        return number
    return next((at for at, one in enumerate(requirements) if mark(one) == marked), None)


def free_id(requirements: list[Row]) -> str:
    """An identifier that no requirement has: the letters of the last one, and one more; empty where all are taken."""
    ids = [str(one.get("id", "")) for one in requirements]
    found = re.fullmatch(r"([A-Z][A-Z0-9]{0,7}?)[0-9]{2}", ids[-1]) if ids else None
    letters = found[1] if found else "R"
    for tried in (letters, *(letters[:6] + chr(more) for more in range(ord("A"), ord("Z") + 1))):
        numbers = [int(one[-2:]) for one in ids if re.fullmatch(re.escape(tried) + "[0-9]{2}", one)]
        if max(numbers, default=0) < 99:
            return f"{tried}{max(numbers, default=0) + 1:02d}"
    return ""


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | float) else str(value)


def _bounded(text: str) -> str:
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise InvalidPack(
            f"pack: 大于 {MAX_BYTES} 字节 / larger than {MAX_BYTES} bytes (要求包是小文件 / a pack is a small file)"
        )
    return text


def _folder(home: Path) -> Path:
    return home / FOLDER / _DRAFTS


def _write(home: Path, draft: PackDraft) -> None:
    target = _folder(home) / f"{draft.id}.json"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, suffix=".part")
        with os.fdopen(handle, "wb") as file:
            file.write(draft.model_dump_json(indent=1).encode())
        Path(name).replace(target)
    except OSError as error:
        raise InvalidPack(
            f"{target.name}: 无法写入 / cannot be written: {error.strerror} (请核对语料库文件夹和权限 / check the corpus folder and permissions)"
        ) from error
