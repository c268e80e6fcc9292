"""Writes RTF files for the tests: every way of writing a Chinese character, tables as Word and as WPS write them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from merged_tables import Spec

HEADER = (
    rb"{\rtf1\ansi\ansicpg936\deff0\uc1"
    rb"{\fonttbl{\f0\fnil\fcharset134 \'cb\'ce\'cc\'e5;}{\f1\froman\fcharset0 Times New Roman;}"
    rb"{\f2\fnil\fcharset136 PMingLiU;}{\f3\fnil\fcharset2 Wingdings;}{\f4\fnil\fcharset2 Symbol;}"
    rb"{\f5\fnil\fcharset0\cpg936 X;}{\f6\fswiss\fcharset1 Y;}}"
    rb"{\colortbl;\red0\green0\blue0;}"
    rb"{\stylesheet{\ql Normal;}{\s1\outlinelevel0\sbasedon0 heading 1;}{\s2\sbasedon1 mine;}"
    rb"{\s3 Title;}{\s4 heading 3;}{\s5 toc 1;}{\*\cs10 char;}}"
)


def document(body: bytes, header: bytes = HEADER) -> bytes:
    """A file of a body."""
    return header + body + b"}"


def escaped(text: str, codec: str = "gbk") -> bytes:
    r"""Every byte that is not plain as ``\'hh``: Word's way."""
    return b"".join(bytes([b]) if 0x20 <= b < 0x7F and b not in b"\\{}" else b"\\'%02x" % b for b in text.encode(codec))


def fully_escaped(text: str, codec: str = "gbk") -> bytes:
    r"""Every byte as ``\'hh``, also the second half of a character that would be a letter."""
    return b"".join(b"\\'%02X" % b for b in text.encode(codec))


def raw(text: str, codec: str = "gbk") -> bytes:
    """The bytes as they are; only ASCII signs of RTF are escaped."""
    return b"".join(b"\\" + c.encode() if c in "\\{}" else c.encode(codec) for c in text)


def units(fallback: Callable[[str], bytes]) -> Callable[[str], bytes]:
    r"""``\uN`` with the fallback that a function gives for a UTF-16 unit."""

    def write(text: str) -> bytes:
        pieces = []
        for c in text:
            if c.isascii():
                pieces.append(b"\\" + c.encode() if c in "\\{}" else c.encode())
                continue
            data = c.encode("utf-16-le")
            for i in range(0, len(data), 2):
                value = int.from_bytes(data[i : i + 2], "little", signed=True)
                pieces.append(b"\\u%d " % value + fallback(c))
        return b"".join(pieces)

    return write


def in_both(text: str) -> bytes:
    r"""``\uN`` with the character's own two bytes behind it: WPS and Word with ``\uc2``."""
    pieces = []
    for c in text:
        data = c.encode("gbk")
        if len(data) == 1:
            pieces.append(b"\\" + data if c in "\\{}" else data)
        else:
            pieces.append(b"\\uc2\\u%d" % int.from_bytes(c.encode("utf-16-le"), "little", signed=True))
            pieces.append(b"".join(b"\\'%02x" % b for b in data))
    return b"{" + b"".join(pieces) + b"}"


GBK_WAYS: dict[str, Callable[[str], bytes]] = {
    "escapes": lambda t: b"{\\f0 " + escaped(t) + b"}",
    "full escapes": lambda t: b"{\\f0 " + fully_escaped(t) + b"}",
    "raw bytes": lambda t: b"{\\f0 " + raw(t) + b"}",
    "font without charset": lambda t: b"{\\f1 " + fully_escaped(t) + b"}",
    "font with code page": lambda t: b"{\\f5 " + escaped(t) + b"}",
    "default charset": lambda t: b"{\\f6 " + fully_escaped(t) + b"}",
    "unit and ?": lambda t: b"{\\f1 " + units(lambda c: b"?")(t) + b"}",
    "unit and escape": lambda t: b"{\\f1 " + units(lambda c: b"\\'3f")(t) + b"}",
    "unit alone": lambda t: b"{\\uc0 " + units(lambda c: b"")(t) + b"}",
    "unit and bytes": in_both,
    "both encodings": lambda t: b"{\\upr{" + b"?" * len(t) + b"}{\\*\\ud{" + units(lambda c: b"?")(t) + b"}}}",
    "broken lines": lambda t: b"{\\f0 " + b"\r\n".join(fully_escaped(c) for c in t) + b"}",
}


def par(text: str, properties: bytes = b"") -> bytes:
    """A paragraph, as Word writes one."""
    return b"\\pard\\plain " + properties + b"{\\f0 " + escaped(text) + b"}\\par\r\n"


def table(cells: Sequence[Spec], *, wide: bool = False, jitter: Sequence[int] = (0,), depth: int = 1) -> bytes:
    r"""A table with merged cells.

    ``wide``: a cell over several columns has one ``\cellx``, as Word writes it; else ``\clmgf``/``\clmrg``.
    ``jitter``: twips by which the edges of the rows are off, in turn. ``depth`` 2 writes a nested table.
    """
    height = max(r + h for r, _, h, _, _ in cells)
    out = []
    for row in range(height):
        shape, content = [], []
        off = jitter[row % len(jitter)]
        for r, column, h, across, text in sorted(cells, key=lambda c: c[1]):
            if not r <= row < r + h:
                continue
            down = b"" if h == 1 else b"\\clvmgf" if r == row else b"\\clvmrg"
            ends = [column + across] if wide else range(column + 1, column + across + 1)
            for place, end in enumerate(ends):
                side = b"" if wide or across == 1 else b"\\clmrg" if place else b"\\clmgf"
                shape.append(side + down + b"\\clbrdrt\\brdrs\\cellx%d" % (end * 1200 + off))
                shown = text if r == row and not place else ""
                content.append(
                    b"\\pard\\intbl\\itap%d {\\f0 " % depth
                    + escaped(shown)
                    + b"}"
                    + (b"\\cell " if depth == 1 else b"\\nestcell{\\nonesttables\\par }")
                )
        define = b"\\trowd\\irow%d\\trgaph108\\trleft%d" % (row, off) + b"".join(shape)
        if depth == 1:
            out.append(define + b"".join(content) + b"\\row\r\n")
        else:
            out.append(b"".join(content) + b"{\\*\\nesttableprops" + define + b"\\nestrow}")
    return b"".join(out)
