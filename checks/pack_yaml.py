"""A pack as a YAML file that a person goes on editing: defaults left out, lists of terms on one line."""

from __future__ import annotations

from typing import Any

import yaml

from schemas.requirement import Pack

_OTHER_BREAKS = ("\x85", "\u2028", "\u2029", "\r")


class _Dumper(yaml.SafeDumper):
    """YAML without aliases, lists of plain values in one line, texts of several lines as they are."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _list(dumper: yaml.SafeDumper, value: list[Any]) -> yaml.nodes.Node:
    lines = any(isinstance(item, str) and "\n" in item for item in value)
    plain = not lines and all(
        not isinstance(item, dict | list)
        or (isinstance(item, list) and all(not isinstance(i, dict | list) for i in item))
        for item in value
    )
    long = sum(len(item) for item in value if isinstance(item, str)) > 400
    return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=plain and not long)


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.nodes.Node:
    style = "|" if "\n" in value and not any(line != line.strip() for line in value.split("\n")) else None
    if any(mark in value for mark in _OTHER_BREAKS):
        # YAML reads them as line breaks and folds them, unless they are written as escapes.
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(list, _list)
_Dumper.add_representer(str, _text)


def write_yaml(pack: Pack) -> str:
    """The pack as YAML; reading it gives an equal pack."""
    content = pack.model_dump(mode="json", exclude_defaults=True)
    for requirement in content["requirements"]:
        requirement.setdefault("parameters", {})
    return write_content(content)


def write_content(content: dict[str, Any]) -> str:
    """What a pack's file holds, valid or not, as YAML."""
    return str(yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=4_096))
