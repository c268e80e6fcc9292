"""Reading requirement packs: a built-in one by its id, a YAML file, or a workbook (``checks.pack_workbook``).

Every complaint names the file, the line (or sheet and cell) and the field, what is wrong and the way out, on one line.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import ValidationError

from schemas import yaml_files
from schemas.errors import InvalidPack
from schemas.requirement import Pack
from schemas.yaml_files import Location, read_yaml

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

__all__ = ["Location", "Places", "Written", "builtin", "current", "in_words", "load", "parse", "read"]

# A pack is written by hand. The limit only keeps a hostile file from filling the memory.
MAX_BYTES = 2_000_000

SEE = "`duzheng packs schema`"
"""Where the fields of a pack are described."""


class Places(Protocol):
    """Where the fields of a pack stand in its file."""

    def where(self, location: Location) -> tuple[str, str]:
        """The line (``line 12``) or cell (``要求!C4``) of a place, and its dotted path as the file has it."""
        ...


@dataclass(frozen=True, slots=True)
class Written:
    """A pack as it stands in its file, not yet validated."""

    name: str
    data: bytes
    content: Any
    places: Places


def builtin() -> list[Pack]:
    """The packs that come with duzheng, by id; they are read once, so nobody changes them."""
    return list(_builtin())


def current(packs: Iterable[Pack]) -> list[Pack]:
    """The packs that apply without being named: active, and not superseded by another active one."""
    active = [pack for pack in packs if pack.status == "active"]
    superseded = {id for pack in active for id in pack.supersedes}
    return [pack for pack in active if pack.id not in superseded]


def load(name_or_path: str) -> Pack:
    """The pack with that built-in id, or the one in that YAML file or workbook.

    Raises:
        InvalidPack: no such pack or file, or the file is not a valid pack.
    """
    return parse(read(name_or_path))


def read(name_or_path: str, further: Sequence[str] = ()) -> Written:
    """The same, not yet validated; ``further`` are ids that the message names where there is none.

    Raises:
        InvalidPack: no such pack or file, or the file cannot be read as YAML or as a workbook.
    """
    files = dict(_builtin_files())
    if name_or_path in files:
        return _written(files[name_or_path], f"{name_or_path}.yaml")
    path = Path(name_or_path)
    if not path.exists():
        known = ", ".join(sorted({*files, *further}))
        raise InvalidPack(
            f"{name_or_path}: 没有这个要求包或文件 / no such requirement pack or file "
            f"(有 {known}，或给出 YAML 文件的路径 / there are {known}; or give the path of a YAML file)"
        )
    try:
        if path.is_file() and path.stat().st_size > MAX_BYTES:
            raise InvalidPack(
                f"{name_or_path}: 大于 {MAX_BYTES} 字节 / larger than {MAX_BYTES} bytes (要求包是手写的小文件 / a pack is a small file written by hand)"
            )
        data = path.read_bytes()
    except OSError as error:
        raise InvalidPack(
            f"{name_or_path}: 无法读取 / cannot be read: {error.strerror} (请核对路径和权限 / check the path and permissions)"
        ) from error
    if data.startswith(b"PK\x03\x04"):
        from checks.pack_workbook import read_workbook

        return read_workbook(data, name_or_path)
    return _written(data, name_or_path)


@cache
def _builtin() -> tuple[Pack, ...]:
    return tuple(parse(_written(data, f"{name}.yaml")) for name, data in sorted(_builtin_files()))


def _builtin_files() -> Iterator[tuple[str, bytes]]:
    for entry in resources.files("checks").joinpath("packs").iterdir():
        if entry.name.endswith(".yaml"):
            yield entry.name.removesuffix(".yaml"), entry.read_bytes()


def _written(data: bytes, name: str) -> Written:
    found = read_yaml(data, name, InvalidPack, SEE)
    return Written(found.name, found.data, found.content, found.places)


def parse(written: Written) -> Pack:
    """The pack, validated.

    Raises:
        InvalidPack: it breaks the schema; the message names the first place and how many more there are.
    """
    try:
        pack = Pack.model_validate(written.content)
    except ValidationError as error:
        raise InvalidPack(_complaint(error, written)) from error
    pack._file_sha256 = hashlib.sha256(written.data).hexdigest()
    return pack


def _complaint(error: ValidationError, written: Written) -> str:
    """The first problem with its place; the number of further ones."""
    problems = error.errors()
    place, path = written.places.where(problems[0]["loc"])
    return f"{written.name}: {place}: {path or 'pack'}: {in_words(problems[0], len(problems) - 1)}"


def in_words(problem: ErrorDetails, more: int = 0) -> str:
    """What is wrong and the way out, on one line; ``more``: how many further problems there are."""
    return yaml_files.in_words(problem, SEE, more)
