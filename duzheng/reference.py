"""The help of every command as one Markdown page: ``python -m duzheng.reference > docs/cli.md``.

A test compares the page with the commands, so it cannot go stale.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer

from duzheng.cli import app

_WIDTH = 100


def page() -> str:
    """The Markdown of the whole command line."""
    parts = [
        "# The command line\n",
        "Made from the commands themselves by `python -m duzheng.reference`; do not edit.\n",
    ]
    for path, text in _helps():
        parts.append(f"## `{path}`\n\n```text\n{text.rstrip()}\n```\n")
    return "\n".join(parts)


def _helps() -> Iterator[tuple[str, str]]:
    root = typer.main.get_command(app)
    yield from _below(root, "duzheng", None)


def _below(command: Any, path: str, parent: typer.Context | None) -> Iterator[tuple[str, str]]:
    context = command.make_context(
        path.rsplit(" ", 1)[-1], [], parent=parent, resilient_parsing=True, terminal_width=_WIDTH
    )
    yield path, command.get_help(context)
    for name, sub in getattr(command, "commands", {}).items():
        yield from _below(sub, f"{path} {name}", context)


if __name__ == "__main__":
    print(page(), end="")
