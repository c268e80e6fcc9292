"""Bytes to text: byte order marks, declarations, detection, each checked against what Chinese text looks like.

Old government pages declare gb2312 and hold GBK, declare GBK and hold UTF-8, or declare nothing. A wrong codec seldom
fails: GB18030 decodes almost any bytes into rare ideographs. So every candidate is judged by the share of common
characters among the ideographs it yields; on real notices and plans that share is 0.89-0.93 when the codec is right and
0.00-0.20 when it is wrong.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from functools import cache

from extractors.lexicon import read_text
from extractors.readers.encodings import mojibake
from schemas.errors import NotRead
from schemas.reading import Note

_BOMS: tuple[tuple[bytes, str], ...] = (
    # UTF-32 LE before UTF-16 LE: its mark begins with the other's.
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)

# WHATWG Encoding, 4.2: the labels of gb2312 and gbk mean the larger set; pages that say iso-8859-1 mean nothing by it.
_LABELS = {
    "gb18030": ("gb2312", "gb_2312-80", "gb_2312", "gbk", "x-gbk", "cp936", "936", "gb18030", "euc-cn"),
    "big5": ("big5", "big5-hkscs", "big5hkscs", "x-x-big5", "x-big5", "cn-big5", "cp950", "950", "big-5", "big5-eten"),
    "utf-8": ("utf-8", "utf8", "unicode-1-1-utf-8", "utf-8-sig", "utf-16", "utf-16le", "utf-16be", "unicode"),
    "shift_jis": ("shift_jis", "shift-jis", "sjis", "x-sjis", "cp932", "windows-31j"),
    "euc_jp": ("euc-jp", "x-euc-jp"),
    "euc_kr": ("euc-kr", "ks_c_5601-1987", "cp949", "windows-949"),
}
_LABEL_TO_NAME = {label: name for name, labels in _LABELS.items() for label in labels}

_CODECS = {"big5": ("big5hkscs", "cp950")}
"""Codecs tried under one name, in order; every other name is its own codec."""

_DECLARED = (
    re.compile(rb"<meta\b[^>]{0,400}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE),
    re.compile(rb"\A\s*<\?xml\b[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_:.-]{2,40})[\"']", re.IGNORECASE),
)

_PLAUSIBLE = 0.25
_SAMPLE = 20_000
_TOLERATED = 0.01
"""Share of characters that may be undecodable before a codec is called wrong: a cut-off end, a stray byte."""

# Neutral: what any text may hold. ASCII, general punctuation, letterlike and number forms, arrows to dingbats, CJK
# punctuation, enclosed and squared forms, full-width forms.
_NEUTRAL = re.compile(
    "[\t\n\x0b\x0c\r\x20-\x7e\xa0-\xd7\xe0-\xfc\u0391-\u03c9\u2000-\u27bf\u3000-\u303f\u3200-\u33ff\ufe30-\ufe4f\uff01-\uff5e"
    "\uffe0-\uffe6\ufeff]+"
)
_JAPANESE_KOREAN = re.compile("[\u3041-\u30ff\uac00-\ud7a3]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")
# Characters without a shape that break matching: byte order marks inside, zero-width and bidirectional controls, soft
# hyphen, and control characters that neither a page nor a spreadsheet can hold.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]"
)

_TURNING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(slots=True)
class Decoded:
    """Text, the name of its encoding (``utf-8``, ``gb18030``, ``big5``, ``utf-16-le`` …) and what to note about it."""

    text: str
    encoding: str
    notes: list[Note] = field(default_factory=list)
    plausible: float | None = None
    """How much the text looks like Chinese, where that is known already."""


def declared_charset(data: bytes) -> str | None:
    """The encoding name that a page declares in its first 16,384 bytes, as written; None without a declaration."""
    for pattern in _DECLARED:
        match = pattern.search(data[:16_384])
        if match:
            return match[1].decode("ascii")
    return None


def plausibility(text: str) -> float:
    """How much a text looks like Chinese of the kind read here: the share of common characters, 0 to 1.

    Counted over ideographs and over everything that has no place in such a text (private use, controls, foreign
    scripts); a text with neither (plain ASCII) gives 1.
    """
    if len(text) > 2 * _SAMPLE:
        middle = len(text) // 2
        text = text[:_SAMPLE] + text[middle : middle + _SAMPLE]
    rest = _NEUTRAL.sub("", text)
    return (len(rest) - len(_common().sub("", rest))) / len(rest) if rest else 1.0


def holds_invisible(text: str) -> bool:
    """Whether a text holds zero-width, bidirectional or control characters."""
    return _INVISIBLE.search(text) is not None


def cleaned(text: str) -> tuple[str, list[Note]]:
    """The text without invisible characters, and the notes on what they were.

    Characters that turn the direction of writing (U+202A-202E, U+2066-2069) are named apart: with them a text shows
    otherwise than it reads (``cod.exe`` for ``exe.doc``), and what is kept here is the order in which it is stored.
    """
    found = _INVISIBLE.findall(text)
    if not found:
        return text, []
    notes = []
    turning = sum(c in _TURNING for c in found)
    if turning:
        message = f"有 {turning} 个改变书写方向的字符，已去掉 / {turning} characters that turn the direction of writing were left out"
        notes.append(Note("bidi_characters", message))
    controls = sum(c < " " or c == "\x7f" for c in found)
    if controls:
        notes.append(
            Note(
                "control_characters", f"有 {controls} 个控制字符，已去掉 / {controls} control characters were left out"
            )
        )
    others = len(found) - turning - controls
    if others:
        message = f"去掉 {others} 个不可见字符 / {others} invisible characters left out"
        notes.append(Note("invisible_characters", message))
    return _INVISIBLE.sub("", text), notes


def decode(data: bytes, uri: str, declared: str | None = None) -> Decoded:
    """Decode the bytes of a text file or page.

    Args:
        data: the bytes, not empty.
        uri: the file as the user named it, for messages.
        declared: an encoding name stated elsewhere (an HTTP header, a ``<meta>`` tag), wrong or right.

    Returns:
        The text without byte order mark, with a note of kind ``encoding`` when a declaration was wrong or bytes were
        undecodable.

    Raises:
        NotRead: ``unsupported_format`` for binary data, ``unknown_encoding`` when no codec yields plausible text.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            marked = _with_mark(data[len(mark) :], name)
            if marked is not None:
                return _looked_over(marked)
    if b"\x00" in data:
        return _with_zeros(data, uri, declared)
    if data.isascii():
        return _checked(_seven_bit(data) or Decoded(data.decode("ascii"), "utf-8"), uri)
    return _looked_over(_checked(_best(data, uri, declared), uri))


@cache
def _common() -> re.Pattern[str]:
    """Runs of common characters; taken out at once they cost a tenth of looking at each."""
    lines = read_text("common_characters.txt").splitlines()
    characters = sorted(set("".join(line for line in lines if not line.startswith("#"))))
    return re.compile(f"[{re.escape(''.join(characters))}]+")


def _strict(data: bytes, name: str) -> str | None:
    for codec in _CODECS.get(name, (name,)):
        try:
            return data.decode(codec)
        except (UnicodeDecodeError, LookupError):
            continue
    return None


def _lenient(data: bytes, name: str) -> tuple[str, int]:
    """Decoded with U+FFFD for what cannot be, and how many of them."""
    text = data.decode(_CODECS.get(name, (name,))[0], "replace")
    return text, text.count("\ufffd")


def _with_mark(data: bytes, name: str) -> Decoded | None:
    """Decode what stands behind a byte order mark; None when the mark lies."""
    text = _strict(data, name)
    if text is not None:
        return Decoded(text, name)
    text, bad = _lenient(data, name)
    if bad <= max(1, _TOLERATED * len(text)):
        return Decoded(text, name, [_undecodable(bad, name)])
    return None


def _looked_over(decoded: Decoded) -> Decoded:
    """The text as it was before an earlier, wrong decoding, or with a note of what such a one destroyed."""
    text, undone = mojibake.undo(decoded.text, plausibility, decoded.plausible)
    replaced = any("U+FFFD" in note.message for note in decoded.notes)
    gone = mojibake.lost(text) if undone is None and not replaced else None
    return Decoded(text, decoded.encoding, [*decoded.notes, *(note for note in (undone, gone) if note is not None)])


def _seven_bit(data: bytes) -> Decoded | None:
    """HZ (RFC 1843), as old mail and news groups have it; None for plain ASCII."""
    if b"~{" not in data:
        return None
    text = _strict(data, "hz")
    return Decoded(text, "hz") if text is not None and not text.isascii() and plausibility(text) >= _PLAUSIBLE else None


def _with_zeros(data: bytes, uri: str, declared: str | None = None) -> Decoded:
    """Zero bytes mean UTF-16 or UTF-32 without a mark, a text with some stray ones, or no text at all."""
    best: tuple[float, Decoded] | None = None
    for name, unit in (("utf-16-le", 2), ("utf-16-be", 2), ("utf-32-le", 4), ("utf-32-be", 4)):
        text = _strict(data[: len(data) // unit * unit], name)
        if text is None or _CONTROL.search(text[:_SAMPLE]):
            continue
        notes = [_undecodable(len(data) % unit, name)] if len(data) % unit else []
        score = plausibility(text)
        if best is None or score > best[0]:
            best = score, Decoded(text, name, notes)
    if best is None or best[0] < _PLAUSIBLE:
        stray = data.count(b"\x00")
        if stray <= max(2, _TOLERATED * len(data)):
            try:
                found = decode(data.replace(b"\x00", b""), uri, declared)
            except NotRead:
                pass
            else:
                found.notes.append(Note("control_characters", f"去掉 {stray} 个零字节 / {stray} zero bytes left out"))
                return found
        raise NotRead(
            uri,
            "unsupported_format",
            "是二进制文件，不是文本 / the file is binary, not text",
            "请另存为 DOCX、PDF 或 UTF-8 文本 / save it as DOCX, PDF or UTF-8 text",
        )
    return best[1]


_FAVOUR = {"utf-8": 2.0, "gb18030": 1.05}
_STATED = 1.3
_UNBEATEN = 1.05 * _STATED
"""What no codec but UTF-8 can weigh more than."""
_SHAPED = 0.6
"""The least score of text in UTF-8 whose characters all take three bytes: one time in 30,000 three characters of GBK have
that form, while one character of GBK in eight has that of a letter of two bytes. A table of a few rare characters is UTF-8."""
_TWO_BYTES = re.compile("[\x80-\u07ff]")


def _best(data: bytes, uri: str, declared: str | None) -> Decoded:
    """The most plausible codec; a declaration is favoured, and so is UTF-8, whose form hardly ever comes by chance."""
    stated = _LABEL_TO_NAME.get(declared.strip().lower()) if declared else None
    favour = _FAVOUR
    names = dict.fromkeys([*([stated] if stated else []), "utf-8", "gb18030", "big5"])
    scored: list[tuple[float, float, str, str]] = []
    for name in names:
        text = _strict(data, name)
        if text is None:
            continue
        score = plausibility(text)
        weight = favour.get(name, 1.0) * (_STATED if name == stated else 1.0)
        shaped = name == "utf-8" and not _TWO_BYTES.search(text)
        weighed = (max(score, _SHAPED) if shaped else score) * weight
        scored.append((weighed, score, name, text))
        if weighed >= _UNBEATEN:
            break
    if scored:
        _, score, name, text = max(scored, key=lambda s: s[0])
        if score >= _PLAUSIBLE or name == "utf-8":
            return Decoded(text, name, _declaration_notes(declared, stated, name), score)
    damaged = _damaged(data, list(names))
    if damaged is not None:
        damaged.notes += _declaration_notes(declared, stated, damaged.encoding)
        return damaged
    # UTF-8 that passes its strict check is UTF-8, however rare its characters are.
    for _, _, name, text in scored:
        if name == "utf-8":
            return Decoded(text, name, _declaration_notes(declared, stated, name))
    foreign = _foreign(data)
    if foreign is not None:
        return foreign
    tried = ", ".join([*names, "utf-16", "charset-normalizer"])
    raise NotRead(
        uri,
        "unknown_encoding",
        f"无法确定字符编码（试过 {tried}） / the character encoding is unknown (tried {tried})",
        "请用原软件打开后以 UTF-8 编码另存 / open it in its own program and save it as UTF-8",
    )


def _damaged(data: bytes, names: list[str]) -> Decoded | None:
    """The codec that fits all but a few bytes: a file cut off inside a character, or with a stray byte."""
    best: tuple[float, Decoded] | None = None
    for name in names:
        text, bad = _lenient(data, name)
        if bad > max(2, _TOLERATED * len(text)) or bad * 4 > len(text):
            continue
        score = plausibility(text)
        if score >= _PLAUSIBLE and (best is None or score > best[0]):
            best = score, Decoded(text, name, [_undecodable(bad, name)])
    return best[1] if best else None


def _foreign(data: bytes) -> Decoded | None:
    """Text that is not Chinese, or UTF-16 without a mark and without a single Latin character."""
    for name in ("utf-16-le", "utf-16-be"):
        text = _strict(data[: len(data) // 2 * 2], name)
        if text is not None and plausibility(text) >= 2 * _PLAUSIBLE:
            return Decoded(text, name)
    from charset_normalizer import from_bytes

    match = from_bytes(data[:_SAMPLE]).best()
    if match is None:
        return None
    try:
        text = data.decode(match.encoding)
    except (UnicodeDecodeError, LookupError):
        return None
    letters = len(_JAPANESE_KOREAN.findall(text))
    ascii_share = sum(c < "\x80" for c in text) / len(text)
    if letters * 5 < len(text) and ascii_share < 0.9:
        return None
    return Decoded(text, match.encoding.replace("_", "-"), [])


def _checked(decoded: Decoded, uri: str) -> Decoded:
    """Refuse what decodes but is no text: more control characters than a text has."""
    controls = len(_CONTROL.findall(decoded.text[:_SAMPLE]))
    if controls > 8 and controls * 50 > len(decoded.text[:_SAMPLE]):
        raise NotRead(
            uri,
            "unsupported_format",
            "是二进制文件，不是文本 / the file is binary, not text",
            "请另存为 DOCX、PDF 或 UTF-8 文本 / save it as DOCX, PDF or UTF-8 text",
        )
    return decoded


def _undecodable(count: int, name: str) -> Note:
    return Note("encoding", f"{count} 处字节按 {name} 无法解码，以 U+FFFD 代替 / {count} undecodable places in {name}")


def _declaration_notes(declared: str | None, stated: str | None, used: str) -> list[Note]:
    if declared is None or stated is None or stated == used:
        return []
    return [Note("encoding", f"声明的编码是 {declared}，实为 {used} / declared as {declared}, but it is {used}")]
