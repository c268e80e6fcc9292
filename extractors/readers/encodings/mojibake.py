"""Text that was decoded wrongly before it was saved: undone where nothing was lost, noted where something was.

Two accidents are common. UTF-8 read as GBK and saved (教育局 becomes 鏁欒偛灞€) can be undone as long as every byte came
through. UTF-8 whose broken parts were replaced by U+FFFD and read as GBK (锟斤拷) cannot: the text is gone.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from schemas.reading import Note

_LOST = re.compile("锟斤拷|锟斤|斤拷锟|ï¿½|烫烫烫|屯屯屯|\ufffd")
"""U+FFFD twice in UTF-8 and read as GBK; once, read as Latin-1; uninitialised memory of a program, as GBK."""

_WESTERN = re.compile("[\x80-\xff€‚ƒ„…†‡ˆ‰Š‹ŒŽ•™š›œžŸ]")

_DOUBTFUL = 0.5
_MIN_GAIN = 0.25
_MIN_LENGTH = 8
_WRONG_CODECS = ("gb18030", "cp1252", "latin-1", "big5hkscs")
_SAMPLE = 4_000


def undo(text: str, plausibility: Callable[[str], float], known: float | None = None) -> tuple[str, Note | None]:
    """The text as it was before a wrong decoding, with a note; unchanged and None where it looks right.

    Args:
        text: a decoded text.
        plausibility: how much a text looks like Chinese, 0 to 1.
        known: that of this text, where it is known already.
    """
    if text.isascii() or len(text) < _MIN_LENGTH:
        return text, None
    as_it_is = plausibility(text) if known is None else known
    foreign = len(_WESTERN.findall(text[:_SAMPLE]))
    if as_it_is >= _DOUBTFUL and foreign * 4 < len(text[:_SAMPLE]):
        return text, None
    for codec in _WRONG_CODECS:
        # A sample first: it ends at a character, so a text that can be undone can be undone up to there, but for the end.
        if not _undone(text[:_SAMPLE], codec, lenient=True):
            continue
        undone = _undone(text, codec, lenient=False)
        if (
            undone
            and len(undone) < len(text)
            and plausibility(undone) >= max(_DOUBTFUL, as_it_is + _MIN_GAIN * (as_it_is < 1))
        ):
            message = (
                f"文字曾按 {codec} 误解码，已还原 / the text was wrongly decoded as {codec} before, which was undone"
            )
            return undone, Note("damaged_text", message)
        begun = _undone(text[:_SAMPLE], codec, lenient=True)
        if undone is None and begun and plausibility(begun) >= _DOUBTFUL > as_it_is:
            message = f"文字曾按 {codec} 误解码且有缺损，是乱码 / the text was wrongly decoded as {codec} and damaged"
            return text, Note("damaged_text", message)
    return text, None


def lost(text: str) -> Note | None:
    """A note where parts of a text were replaced for good before it was saved, else None."""
    count = len(_LOST.findall(text))
    if not count:
        return None
    return Note("damaged_text", f"有 {count} 处乱码，原字已不可恢复 / {count} places are garbled, their text is lost")


def _undone(text: str, codec: str, lenient: bool) -> str | None:
    """The UTF-8 that a text was, where it was read in a codec; None where it was not."""
    try:
        data = text.encode(codec, "strict")
    except UnicodeEncodeError:
        if not lenient:
            return None
        data = text.encode(codec, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        if not lenient:
            return None
    result = data.decode("utf-8", "replace")
    return result if result.count("\ufffd") * 5 <= len(result) else None
