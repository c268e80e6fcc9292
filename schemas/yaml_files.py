"""YAML files that people write by hand: read within bounds, with the line of every field for messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from schemas.errors import DuzhengError
from schemas.invalid_values import told

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser in C where PyYAML was built with it: a pack is read in a tenth of the time."""

MAX_DEPTH = 100
"""Levels of nesting: the parser in C composes by recursion, and nothing but this would stop it."""

MAX_NODES = 200_000
"""Values of a file once its aliases are followed: nested aliases could else fill the memory."""

Location = tuple[int | str, ...]
"""A place in a file: field names, and positions in lists from 0."""


@dataclass(frozen=True, slots=True)
class YamlPlaces:
    """Where the fields of a YAML file stand."""

    root: Node

    def where(self, location: Location) -> tuple[str, str]:
        """The line (``line 12``) of a place, and its dotted path as the file has it."""
        line, path = _locate(self.root, location)
        return f"line {line}", path


@dataclass(frozen=True, slots=True)
class Written:
    """What a file holds, not yet validated."""

    name: str
    data: bytes
    content: Any
    places: YamlPlaces


def read_yaml(data: bytes, name: str, refusal: type[DuzhengError], see: str) -> Written:
    """A YAML file that is a mapping of fields.

    Args:
        data: the file.
        name: as messages name it.
        refusal: the error that is raised.
        see: where the fields are described, for messages.

    Raises:
        refusal: it is not UTF-8, no YAML, no mapping, gives a field twice, or is too large; the message names the line.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refusal(
            f"{name}: byte {error.start}: 不是 UTF-8 / this byte is not UTF-8 (请另存为 UTF-8 / save the file as UTF-8)"
        ) from error
    try:
        if _depth(text) > MAX_DEPTH:
            raise refusal(f"{name}: 嵌套过深 / nested too deeply (各字段见 {see} / for the fields see {see})")
        loader = _LOADER(text)
        try:
            root = loader.get_single_node()
            if not isinstance(root, MappingNode):
                raise refusal(
                    f"{name}: line 1: 不是若干字段 / not a mapping of fields (各字段见 {see} / for the fields see {see})"
                )
            _examine(root, name, refusal)
            content = loader.construct_document(root)
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "line 1"
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise refusal(
            f"{name}: {where}: 不是合格的 YAML / not valid YAML: {problem} (请核对缩进和引号 / check indentation and quotes there)"
        ) from error
    except ValueError as error:  # 2025-02-30 looks like a date to YAML and is none
        raise refusal(
            f"{name}: 有一个值无法读取 / a value cannot be read: {error} (请加引号或改正 / put it between quotes or correct it)"
        ) from error
    return Written(name, data, content, YamlPlaces(root))


def in_words(problem: ErrorDetails, see: str, more: int = 0) -> str:
    """What pydantic found wrong and the way out, on one line; ``more``: how many further problems there are."""
    message, cure = told(problem, see, more)
    return f"{message} ({cure})"


def _depth(text: str) -> int:
    """How deeply lists and mappings are nested; no further than is refused."""
    depth = deepest = 0
    for event in yaml.parse(text, _LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            deepest = max(deepest, depth)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if deepest > MAX_DEPTH:
            break
    return deepest


def _examine(root: Node, name: str, refusal: type[DuzhengError]) -> None:
    """Refuse what YAML itself lets pass: a key given twice (the last would win) and aliases that explode."""
    count = 0
    stack = [root]
    while stack:
        node = stack.pop()
        count += 1
        if count > MAX_NODES:
            raise refusal(
                f"{name}: 展开别名后超过 {MAX_NODES} 个值 / more than that many values once aliases are followed (请删去层层引用的别名 / remove nested aliases)"
            )
        if isinstance(node, MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                if isinstance(key, ScalarNode):
                    if key.value in seen:
                        line = key.start_mark.line + 1
                        raise refusal(
                            f"{name}: line {line}: {key.value}: 写了两次 / given twice (请删去其一 / remove one of the two)"
                        )
                    seen.add(key.value)
                stack.append(value)
        elif isinstance(node, SequenceNode):
            stack.extend(node.value)


def _locate(root: Node, location: Location) -> tuple[int, str]:
    """The line (from 1) and dotted path of a place.

    Pydantic puts the tag of a union into the place (``requirements.3.threshold.parameters``); what is no key of the file
    is left out, except at the end, where it is the missing or unknown field itself.
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
