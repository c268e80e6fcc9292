"""Source files: one YAML file a source, in ``<home>/sources``. Read, validated, added.

Every complaint names the file, the line and the field, what is wrong and the way out, on one line.
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
_SEE = "see docs/collecting.md or `duzheng sources schema` for the fields"


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
        return f"{self.path}: {line}"


def load(path: Path) -> SourceFile:
    """One source file; a relative path in ``url`` is taken from the folder of the file.

    Raises:
        InvalidSource: the file cannot be read or breaks the schema.
    """
    try:
        if path.is_file() and path.stat().st_size > MAX_BYTES:
            raise InvalidSource(f"{path}: larger than {MAX_BYTES} bytes (a source is a small file written by hand)")
        data = path.read_bytes()
    except OSError as error:
        message = f"{path}: cannot be read: {error.strerror} (check the path and permissions)"
        raise InvalidSource(message) from error
    written = read_yaml(data, str(path), InvalidSource, _SEE)
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
        one = load(path)
        earlier = found.get(one.definition.id)
        if earlier is not None:
            raise InvalidSource(
                f"{one.place('id')}: id: {one.definition.id} is defined in {earlier.path} too (rename one)"
            )
        found[one.definition.id] = one
    return sorted(found.values(), key=lambda one: one.definition.id)


def load_valid(folder: Path) -> tuple[list[SourceFile], list[InvalidSource]]:
    """The valid sources of a folder, by id, and what is wrong with the others: one bad file must not stop the rest."""
    found: dict[str, SourceFile] = {}
    errors: list[InvalidSource] = []
    for path in _files(folder):
        try:
            one = load(path)
            earlier = found.setdefault(one.definition.id, one)
            if earlier is not one:
                where = f"{one.place('id')}: id: {one.definition.id}"
                raise InvalidSource(f"{where} is defined in {earlier.path} too (rename one)")
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
        if any(str(error).startswith(f"{folder / name}{ending}:") for ending in _ENDINGS):
            raise error
    raise InvalidSource(f"{name}: no such source in {folder} ({_known(one.definition.id for one in sources)})")


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
            f"{one.place('url')}: url: {raw} is a relative path, which would mean another folder from {folder} "
            f"(write {one.definition.url})"
        )
    existing = next((s for s in load_valid(folder)[0] if s.definition.id == one.definition.id), None)
    target = existing.path if existing else folder / f"{one.definition.id}.yaml"
    if target.exists() and not replace:
        raise InvalidSource(f"{target}: there is a source of this name (give it another id, or use --replace)")
    part = target.with_name(f".{target.name}.part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part.write_bytes(one.written.data)
        part.replace(target)
    except OSError as error:
        message = f"{target}: cannot be written: {error.strerror} (check the folder and permissions)"
        raise InvalidSource(message) from error
    return load(target)


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(
        path for path in folder.iterdir() if path.suffix.lower() in _ENDINGS and not path.name.startswith(".")
    )


def _known(ids: Iterable[str]) -> str:
    names = ", ".join(sorted(ids))
    return f"it has {names}" if names else "it has none; add one with `duzheng sources add FILE.yaml`"


def _complaint(error: ValidationError, written: Written) -> str:
    problems = error.errors()
    location = problems[0]["loc"]
    if not location:  # fields that do not go together: the message begins with one of them
        first = problems[0]["msg"].removeprefix("Value error, ").split(" ", 1)[0]
        location = (first,) if first in SourceDefinition.model_fields else ()
    place, path = written.places.where(location)
    more = f"; {len(problems) - 1} more" if len(problems) > 1 else ""
    return f"{written.name}: {place}: {path or 'source'}: {in_words(problems[0], _SEE)}{more}"
