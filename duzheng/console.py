"""The terminal: what goes to standard output, what to standard error, and how errors look.

Results go to standard output, everything else to standard error, so that ``--format json`` can be piped.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

MINIMUM_WIDTH = 60
PIPED_WIDTH = 120
"""Rich assumes 80 columns when it writes to a file, too narrow for a matrix of counties."""


def stdout() -> Console:
    """The console for results."""
    return _console(stderr=False)


def stderr() -> Console:
    """The console for progress and notes."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    from rich.console import Console

    console = Console(stderr=stderr, highlight=False, soft_wrap=False)
    if not console.is_terminal and not _columns_given():
        console.width = PIPED_WIDTH
    console.width = max(console.width, MINIMUM_WIDTH)
    return console


def _columns_given() -> bool:
    import os

    return os.environ.get("COLUMNS", "").isdigit()


def complain(message: object) -> None:
    """One line on standard error: what happened, where, and the way out; an object where logs are in JSON."""
    from schemas import logs

    if logs.in_json():
        known = {"document": getattr(message, "uri", None), "cause": getattr(message, "cause", None)}
        fields = {name: value for name, value in known.items() if value is not None}
        logs.Log("duzheng").error("complaint", one_line(message), **fields)
    else:
        print(f"duzheng: {one_line(message)}", file=sys.stderr)


def one_line(message: object) -> str:
    """``message`` with line breaks and control characters made harmless: file names come from strangers."""
    text = " ".join(str(message).split())
    return "".join(c if c.isprintable() else "�" for c in text)


def use_utf8() -> None:
    """Chinese must print whatever the locale says; what cannot be encoded is escaped instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")
