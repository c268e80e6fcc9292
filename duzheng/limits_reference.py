"""Every limit of reading as one Markdown page: ``python -m duzheng.limits_reference > docs/limits.md``.

Made from the constants and the words below them, so that number and explanation stand in one place; a test compares.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from extractors.readers import limits
from flows.pool import Limits

_HEAD = """# Limits

Made from `extractors/readers/limits.py` and `flows/pool.py` by `python -m duzheng.limits_reference`; do not edit.

A file from outside is hostile until it is read. What is over a limit is recorded as not read (`over_limit`) with the limit in the
message; it is never read in part and passed off as whole. The limits of what lies in an archive count across all levels of it.

| limit | value | of what |
|---|---|---|
"""


def page() -> str:
    """The Markdown of all limits."""
    default = Limits(workers=1)
    rows = [*_constants()]
    rows += [
        ("time without getting further", f"{default.seconds:g} s", "One file; `DUZHENG_SECONDS`. A recognised page is getting further."),
        ("time in all", f"{default.seconds_in_all:g} s", "One file, however steadily it gets on."),
        ("memory", _bytes(default.memory_bytes), "Address space of a reading process; `DUZHENG_MEMORY_MB`."),
        ("files of a process", f"{default.files_per_worker:,}", "After so many a reading process is replaced by a new one."),
    ]  # fmt: skip
    return _HEAD + "".join(f"| {name} | {value} | {text} |\n" for name, value, text in rows)


def _constants() -> Iterator[tuple[str, str, str]]:
    tree = ast.parse(Path(limits.__file__).read_text(encoding="utf-8"))
    for node, after in zip(tree.body, tree.body[1:], strict=False):
        if isinstance(node, ast.Assign) and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            (target,) = node.targets
            assert isinstance(target, ast.Name)
            number = getattr(limits, target.id)
            words = " ".join(str(after.value.value).replace("``", "`").split())
            yield (
                f"`{target.id}`",
                _bytes(number) if "BYTES" in target.id or "MEMORY" in target.id else f"{number:,}",
                words,
            )


def _bytes(number: int) -> str:
    for unit, size in (("GiB", 1024**3), ("MiB", 1024**2), ("KiB", 1024)):
        if number >= size:
            return f"{number / size:g} {unit}"
    return f"{number:,} B"


if __name__ == "__main__":
    print(page(), end="")
