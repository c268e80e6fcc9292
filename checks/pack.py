"""Reading requirement packs: a built-in one by its id, a YAML file, or a workbook (``checks.pack_workbook``).

Every complaint names the file, the line (or sheet and cell) and the field, what is wrong and the way out, on one line.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import yaml
from pydantic import ValidationError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from schemas.errors import InvalidPack
from schemas.requirement import Pack

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

# A pack is written by hand. The limits only keep a hostile file (nested aliases included) from filling the memory.
MAX_BYTES = 2_000_000
MAX_NODES = 200_000

_SEE = "see docs or `duzheng packs schema` for the fields"
Location = tuple[int | str, ...]
"""A place in a pack: field names, and positions in lists from 0."""


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


@dataclass(frozen=True, slots=True)
class YamlPlaces:
    """Places in a YAML file."""

    root: Node

    def where(self, location: Location) -> tuple[str, str]:
        """See ``Places``."""
        line, path = _locate(self.root, location)
        return f"line {line}", path


def builtin() -> list[Pack]:
    """The packs that come with duzheng, by id."""
    return [parse(_written(data, f"{name}.yaml")) for name, data in sorted(_builtin_files())]


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


def read(name_or_path: str) -> Written:
    """The same, not yet validated.

    Raises:
        InvalidPack: no such pack or file, or the file cannot be read as YAML or as a workbook.
    """
    files = dict(_builtin_files())
    if name_or_path in files:
        return _written(files[name_or_path], f"{name_or_path}.yaml")
    path = Path(name_or_path)
    if not path.exists():
        raise InvalidPack(
            f"{name_or_path}: no such requirement pack or file "
            f"(built-in packs: {', '.join(sorted(files))}; or give the path of a YAML file)"
        )
    try:
        if path.is_file() and path.stat().st_size > MAX_BYTES:
            raise InvalidPack(f"{name_or_path}: larger than {MAX_BYTES} bytes (a pack is a small file written by hand)")
        data = path.read_bytes()
    except OSError as error:
        raise InvalidPack(
            f"{name_or_path}: cannot be read: {error.strerror} (check the path and permissions)"
        ) from error
    if data.startswith(b"PK\x03\x04"):
        from checks.pack_workbook import read_workbook

        return read_workbook(data, name_or_path)
    return _written(data, name_or_path)


def _builtin_files() -> Iterator[tuple[str, bytes]]:
    for entry in resources.files("checks").joinpath("packs").iterdir():
        if entry.name.endswith(".yaml"):
            yield entry.name.removesuffix(".yaml"), entry.read_bytes()


def _written(data: bytes, name: str) -> Written:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidPack(f"{name}: byte {error.start} is not UTF-8 (save the pack as UTF-8)") from error
    try:
        loader = yaml.SafeLoader(text)
        try:
            root = loader.get_single_node()
            if not isinstance(root, MappingNode):
                raise InvalidPack(f"{name}: line 1: not a mapping of fields ({_SEE})")
            _examine(root, name)
            content = loader.construct_document(root)
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "line 1"
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise InvalidPack(f"{name}: {where}: not valid YAML: {problem} (check indentation and quotes there)") from error
    except RecursionError as error:
        raise InvalidPack(f"{name}: nested too deeply ({_SEE})") from error
    return Written(name, data, content, YamlPlaces(root))


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


def _examine(root: Node, name: str) -> None:
    """Refuse what YAML itself lets pass: a key given twice (the last would win) and aliases that explode."""
    count = 0
    stack = [root]
    while stack:
        node = stack.pop()
        count += 1
        if count > MAX_NODES:
            raise InvalidPack(f"{name}: more than {MAX_NODES} values once aliases are followed (remove nested aliases)")
        if isinstance(node, MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                if isinstance(key, ScalarNode):
                    if key.value in seen:
                        line = key.start_mark.line + 1
                        raise InvalidPack(f"{name}: line {line}: {key.value}: given twice (remove one of the two)")
                    seen.add(key.value)
                stack.append(value)
        elif isinstance(node, SequenceNode):
            stack.extend(node.value)


def _complaint(error: ValidationError, written: Written) -> str:
    """The first problem with its place; the number of further ones."""
    problems = error.errors()
    place, path = written.places.where(problems[0]["loc"])
    more = f"; {len(problems) - 1} more" if len(problems) > 1 else ""
    return f"{written.name}: {place}: {path or 'pack'}: {in_words(problems[0])}{more}"


def in_words(problem: ErrorDetails) -> str:
    """What is wrong and the way out, on one line."""
    message = problem["msg"].removeprefix("Value error, ")
    if problem["type"] == "extra_forbidden":
        message = "unknown field (check its spelling or remove it)"
    elif problem["type"] == "missing":
        message = "this field is missing (add it)"
    elif problem["type"].startswith("union_tag"):
        message = f"{message} (give `form` one of the values named)"
    else:
        message = f"{message} (correct this value; {_SEE})"
    return " ".join(message.split())


def _locate(root: Node, location: Location) -> tuple[int, str]:
    """The line (from 1) and dotted path of a place in the file.

    Pydantic puts the tag of a union into the place (``requirements.3.threshold.parameters``); what is no key of the
    mapping there is left out, except at the end, where it is the missing or unknown field itself.
    """
    node = root
    line = root.start_mark.line + 1
    path: list[str] = []
    for position, step in enumerate(location):
        found: Node | None = None
        if isinstance(node, MappingNode):
            for key, value in node.value:
                if isinstance(key, ScalarNode) and key.value == str(step):
                    found, line = value, key.start_mark.line + 1
        elif isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
            found = node.value[step]
            line = found.start_mark.line + 1
        if found is not None:
            node = found
            path.append(f"[{step}]" if isinstance(step, int) else f".{step}")
            if isinstance(step, int) and isinstance(node, MappingNode):
                path.extend(f"({v.value})" for k, v in node.value if getattr(k, "value", None) == "id")
        elif position == len(location) - 1:
            path.append(f".{step}")
    return line, "".join(path).lstrip(".")
