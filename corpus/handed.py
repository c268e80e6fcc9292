"""Answers that one request made and another shows, a small file each in the corpus folder: any process of a server may be
asked for the page."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import TypeVar

from pydantic import ValidationError

from schemas.document import Model

FOLDER = "handed"
MOST = 100
LONGEST = 86_400.0
"""Seconds after which nobody asks for it any more."""
_KEY = re.compile(r"[0-9a-f]{24}")
M = TypeVar("M", bound=Model)


def hand_over(home: Path, answer: Model) -> str:
    """Keeps an answer; returns the key that it is asked for by. The oldest beyond ``MOST`` are forgotten.

    Raises:
        OSError: it cannot be written.
    """
    folder = home / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    key = token_hex(12)
    part = folder / f".{key}.part"
    part.write_text(answer.model_dump_json(), encoding="utf-8")
    part.replace(folder / f"{key}.json")
    kept = []
    for path in folder.glob("*.json"):
        with suppress(FileNotFoundError):  # another process forgot it meanwhile
            kept.append((path.stat().st_mtime, path))
    kept.sort(reverse=True)
    for number, (at, path) in enumerate(kept):
        if number >= MOST or at < time.time() - LONGEST:
            path.unlink(missing_ok=True)
    return key


def handed(home: Path, key: str, kind: type[M]) -> M | None:
    """The answer of that key; None where there is none, or it is forgotten."""
    if not _KEY.fullmatch(key):
        return None
    try:
        return kind.model_validate_json((home / FOLDER / f"{key}.json").read_bytes())
    except (OSError, ValidationError):
        return None
