"""What goes wrong on the site, and how often."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatch
from typing import Literal

FaultKind = Literal[
    "status",
    "slow",
    "drip",
    "drop",
    "reset",
    "half",
    "block",
    "login",
    "error",
    "script",
    "redirect",
    "refresh",
    "loop",
    "bomb",
    "endless",
    "garbled",
    "empty",
]
"""``status``: that status, with ``retry_after`` where given. ``slow``: nothing for ``seconds``. ``drip``: a byte every
``seconds``. ``drop``: the connection is closed without an answer; ``reset``: torn down. ``half``: closed in the middle of
the body. ``block``, ``login``, ``error``, ``script``: a page that stands where the document should be, with status 200 or
the one given.
``redirect``: to ``location``; ``refresh``: a page without content that leads there after ``seconds``; ``loop``: to itself.
``bomb``: a small answer that unpacks to ``size`` bytes. ``endless``: ``size`` bytes without a stated length. ``garbled``:
says gzip and is none. ``empty``: status 200 and no bytes."""


@dataclass
class Fault:
    """One fault: on the paths that ``path`` matches (``/art/*``), ``times`` times or until it is taken away.

    ``happened`` counts how often it did.
    """

    path: str = "*"
    kind: FaultKind = "status"
    times: int | None = None
    status: int | None = None
    retry_after: str | None = None
    location: str = ""
    seconds: float = 30.0
    size: int = 100_000_000
    happened: int = field(default=0, init=False)

    def fits(self, path: str) -> bool:
        """Whether it happens to a request for ``path`` (without query)."""
        return (self.times is None or self.happened < self.times) and fnmatch(path, self.path)
