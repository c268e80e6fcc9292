"""What our reader of web pages says of an answer: asked once, though several want to know."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from extractors.readers import formats, html
from schemas.errors import NotRead
from schemas.reading import Link


@dataclass(frozen=True, slots=True)
class Examined:
    """One web page.

    Attributes:
        refused: why it is no document, None where it is one.
        links: of the files of its article.
        base: what its ``<base>`` says.
        framed: whether it may show a file in a frame.
    """

    refused: NotRead | None
    links: tuple[Link, ...] = ()
    base: str | None = None
    framed: bool = False


_KEPT = 8
_MAX_KEPT_BYTES = 1 << 20
"""Whether a page stands in for a document, and which files it links, is asked of the same page in turn: a few of the
last are kept, by threads that take turns; larger ones are examined again."""

_last: OrderedDict[tuple[bytes, str], Examined] = OrderedDict()
_lock = Lock()


def is_page(body: bytes, url: str) -> bool:
    """Whether an answer is a web page, whatever its name and its server say."""
    return bool(body.strip()) and formats.recognise(body, url).module == "html"


def examine(body: bytes, url: str) -> Examined:
    """What the reader says of a web page.

    Args:
        body: its bytes.
        url: where it came from.
    """
    key = (body, url)
    with _lock:
        if (known := _last.get(key)) is not None:
            return known
    try:
        reading = html.read(body, url)
    except NotRead as refused:
        found = Examined(refused, framed=refused.cause in ("elsewhere", "no_text", "script_only"))
    else:
        framed = any(note.kind == "embedded_file" for note in reading.notes)
        found = Examined(None, tuple(reading.links), reading.meta.get("base"), framed)
    if len(body) <= _MAX_KEPT_BYTES:
        with _lock:
            _last[key] = found
            while len(_last) > _KEPT:
                _last.popitem(last=False)
    return found
