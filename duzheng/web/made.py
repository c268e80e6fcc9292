"""Files made for a download. They are always saved, never shown by the browser."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from datetime import date
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from fastapi import Response

from schemas.china_time import today_in_china

if TYPE_CHECKING:
    from corpus.choice import Choice
    from corpus.corpus import Corpus
    from corpus.standing import Standing


def attached(data: bytes, name: str) -> Response:
    """The answer that saves ``data`` under ``name``, of which nothing but letters, digits and dots is kept."""
    plain = re.sub(r"[^\w.\-]+", "_", name)[-120:] or "file"
    ascii_name = re.sub(r"[^A-Za-z0-9.\-]+", "_", plain)
    named = f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(plain)}"
    return Response(data, media_type="application/octet-stream", headers={"Content-Disposition": named})


def saved_as(what: str, pack: str, ending: str) -> str:
    """The name of a download of many findings: what it is, of which pack where one was chosen, and of which day."""
    return "_".join(part for part in (what, pack, today_in_china().isoformat()) if part) + f".{ending}"


_DRAWN = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="480" height="120" role="img">'
    '<text x="240" y="60" text-anchor="middle" font-family="sans-serif" font-size="16">{}</text></svg>'
)


def being_drawn(words: str) -> Response:
    """What stands in the place of a picture that is still being made: its page shows these words there."""
    return Response(
        _DRAWN.format(escape(words)),
        202,
        media_type="image/svg+xml",
        headers={"Retry-After": "5", "Content-Security-Policy": "default-src 'none'; sandbox"},
    )


def written(write: Callable[[Path], object], name: str) -> bytes:
    """What ``write`` puts into a file, through a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="duzheng-") as folder:
        path = Path(folder, name)
        write(path)
        return path.read_bytes()


def ledger_file(corpus: Corpus, choice: Choice, today: date) -> bytes:
    """The ledger of the findings that are chosen, as a workbook with the matrix as one of its sheets."""
    from checks.ledger import write_ledger
    from flows import ledger

    found = chosen(corpus, choice, today)
    axes, rows = ledger.axes(found), ledger.entries(found)
    return written(lambda path: write_ledger(ledger.checks(found), path, axes, rows), "ledger.xlsx")


def csv_file(corpus: Corpus, choice: Choice, today: date) -> bytes:
    """The findings that are chosen, as CSV."""
    from checks.outputs.csv import write_csv
    from flows import ledger

    found = chosen(corpus, choice, today)
    return written(lambda path: write_csv(ledger.checks(found), path, ledger.axes(found)), "findings.csv")


def chosen(corpus: Corpus, choice: Choice, today: date) -> list[Standing]:
    """The findings that are chosen, whole."""
    return list(corpus.present(today).standings(choice, today))
