"""Rich Text Format (RTF 1.9.1): the body in order, as Word shows it in its final state.

Kept and dropped is what the reader of Word documents keeps and drops; automatic numbers are taken as the program wrote
them (``\\listtext``). Own code, because no library does it: striprtf (BSD) gives text without cells, numbering levels or
per-font code pages; pyth is dead; rtfparse (MIT) and RTFDE (LGPL) only unwrap HTML mails.
"""

from __future__ import annotations

from extractors.readers.rtf.parser import MEDIA_TYPE, Parser
from extractors.readers.rtf.words import WORDS
from schemas.reading import Reading

__all__ = ["MEDIA_TYPE", "read"]


def read(data: bytes, uri: str) -> Reading:
    """Reads an RTF document.

    Args:
        data: the bytes of the file.
        uri: the file as the user named it, for messages.

    Returns:
        Headers, then the body in order (each followed by its nested tables and text boxes), then footnotes and footers.

    Raises:
        NotRead: ``damaged`` (also a file that was cut off), ``over_limit``, or ``no_text``.
    """
    return Parser(data, uri, WORDS).reading()
