"""Source files: one YAML file a source, in ``<home>/sources``. Read, validated, added.

Every complaint names the file, the line and the field, what is wrong and the way out, on one line. A file of the corpus folder is
named from there on (``sources/zhejiang.yaml``): readers of web pages see it, and where the folder stands is not theirs to know.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from schemas.fetching import InvalidSource
from schemas.source import SourceDefinition
from schemas.yaml_files import Written, in_words, read_yaml

FOLDER = "sources"
"""The folder of source files, in the corpus folder."""

MAX_BYTES = 200_000
_ENDINGS = (".yaml", ".yml")
_SEE = "docs/collecting.md"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A source with the file it is defined in."""

    definition: SourceDefinition
    path: Path
    written: Written

    def place(self, field: str) -> str:
        """Where a field (``selectors.item``) stands: ``sources/zhejiang.yaml: line 8``; where it is left out, what it
        belongs to."""
        line, _ = self.written.places.where(tuple(field.split(".")))
        return f"{self.written.name}: {line}"


def load(path: Path, name: str = "") -> SourceFile:
    """One source file; a relative path in ``url`` is taken from the folder of the file.

    ``name``: as messages name it; else the path.

    Raises:
        InvalidSource: the file cannot be read or breaks the schema.
    """
    name = name or str(path)
    try:
        if path.is_file() and path.stat().st_size > MAX_BYTES:
            raise InvalidSource(
                f"{name}: 大于 {MAX_BYTES} 字节 / larger than {MAX_BYTES} bytes "
                "(来源是手写的小文件 / a source is a small file written by hand)"
            )
        data = path.read_bytes()
    except OSError as error:
        message = (
            f"{name}: 无法读取 / cannot be read: {error.strerror} (请核对路径和权限 / check the path and permissions)"
        )
        raise InvalidSource(message) from error
    written = read_yaml(data, name, InvalidSource, _SEE)
    try:
        definition = SourceDefinition.model_validate(written.content)
    except ValidationError as error:
        raise InvalidSource(_complaint(error, written)) from error
    if not definition.is_web:
        # Links are kept: where one leads may change, the source stays the same.
        definition.url = os.path.normpath((path.parent / Path(definition.url).expanduser()).absolute())
    return SourceFile(definition, path, written)


def load_all(folder: Path) -> list[SourceFile]:
    """The sources of a folder, by id; none where there is no such folder.

    Raises:
        InvalidSource: a file is not valid, or two define the same id.
    """
    found: dict[str, SourceFile] = {}
    for path in _files(folder):
        one = load(path, _name(path))
        earlier = found.setdefault(one.definition.id, one)
        if earlier is not one:
            raise _twice(one, earlier)
    return sorted(found.values(), key=lambda one: one.definition.id)


def load_valid(folder: Path) -> tuple[list[SourceFile], list[InvalidSource]]:
    """The valid sources of a folder, by id, and what is wrong with the others: one bad file must not stop the rest."""
    found: dict[str, SourceFile] = {}
    errors: list[InvalidSource] = []
    for path in _files(folder):
        try:
            one = load(path, _name(path))
            earlier = found.setdefault(one.definition.id, one)
            if earlier is not one:
                raise _twice(one, earlier)
        except InvalidSource as error:
            errors.append(error)
    return sorted(found.values(), key=lambda one: one.definition.id), errors


def find(folder: Path, name: str) -> SourceFile:
    """The source of that id in a folder, or the one in the file of that path.

    Raises:
        InvalidSource: there is none, or its file is not valid.
    """
    path = Path(name)
    if name.lower().endswith(_ENDINGS) and path.is_file():
        return load(path)
    sources, errors = load_valid(folder)
    for one in sources:
        if one.definition.id == name:
            return one
    for error in errors:  # the one that is looked for may be the one that is not valid
        if any(str(error).startswith(f"{_name(folder / name)}{ending}:") for ending in _ENDINGS):
            raise error
    raise InvalidSource(
        f"{name}: 没有这个来源 / there is no such source ({_known(one.definition.id for one in sources)})"
    )


def add(file: Path, folder: Path, *, replace: bool = False) -> SourceFile:
    """Put a source file into a folder, under the source's id, byte for byte.

    Args:
        file: a valid source file.
        folder: made where it is not there.
        replace: whether an earlier source of this id gives way.

    Raises:
        InvalidSource: the file is not valid, its folder is given by a relative path, there is a source of this id, or
            it cannot be written.
    """
    one = load(file)
    raw = one.written.content["url"]
    if not one.definition.is_web and not Path(raw).expanduser().is_absolute():
        raise InvalidSource(
            f"{one.place('url')}: url: {raw} 是相对路径，放到 {folder} 后会指向别处 / {raw} is a relative path, which would mean "
            f"another folder from {folder} (请写 {one.definition.url} / write {one.definition.url})"
        )
    existing = next((s for s in load_valid(folder)[0] if s.definition.id == one.definition.id), None)
    target = existing.path if existing else folder / f"{one.definition.id}.yaml"
    if target.exists() and not replace:
        raise InvalidSource(
            f"{_name(target)}: 已有这个来源 / there is a source of this name "
            "(请换一个编号，或用 --replace / give it another id, or use --replace)"
        )
    part = target.with_name(f".{target.name}.part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part.write_bytes(one.written.data)
        part.replace(target)
    except OSError as error:
        message = f"{target}: 无法写入 / cannot be written: {error.strerror} (请核对文件夹和权限 / check the folder and permissions)"
        raise InvalidSource(message) from error
    return load(target)


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(
        path for path in folder.iterdir() if path.suffix.lower() in _ENDINGS and not path.name.startswith(".")
    )


def _name(path: Path) -> str:
    """A file of a folder of sources as messages name it."""
    return f"{path.parent.name}/{path.name}"


def _twice(one: SourceFile, earlier: SourceFile) -> InvalidSource:
    id, other = one.definition.id, earlier.written.name
    return InvalidSource(
        f"{one.place('id')}: id: {id} 又见于 {other} / {id} is defined in {other} too (请改其一 / rename one)"
    )


def _known(ids: Iterable[str]) -> str:
    names = ", ".join(sorted(ids))
    if not names:
        return (
            "还没有来源，添加：duzheng sources add FILE.yaml / there are none; add one: duzheng sources add FILE.yaml"
        )
    return f"有 {names} / there are {names}"


def _complaint(error: ValidationError, written: Written) -> str:
    problems = error.errors()
    location = problems[0]["loc"]
    if not location:  # fields that do not go together: the message begins with one of them
        first = problems[0]["msg"].removeprefix("Value error, ").split(": ", 1)[0]
        location = (first,) if first in SourceDefinition.model_fields else ()
    place, path = written.places.where(location)
    said = in_words(problems[0], _SEE, len(problems) - 1).removeprefix(f"{path}: ")
    return f"{written.name}: {place}: {path or 'source'}: {said}"
