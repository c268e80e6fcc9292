"""The tokens of an RTF file: RTF 1.9.1, "RTF Syntax". Runs of escapes come as one token, which is most of the speed."""

from __future__ import annotations

import re

# Words that only lay out and stand in runs before every piece of text: a run is one step. All others are looked at.
_LAYOUT = (  # noqa: SIM905
    "rtlch ltrch fcs af afs ab ai alang hich loch dbch lang langfe langnp langfenp noproof insrsid charrsid pararsid "
    "rsid rsidr tblrsid rsidp styrsid rsidroot fs cf cb chcbpat highlight b i ul ulnone ulc strike kerning expnd "
    "expndtw sb sa sl slmult sbauto saauto ql qc qr qj qd li ri fi lin rin culi cufi curi lisb lisa nosnaplinegrid "
    "widctlpar nowidctlpar wrapdefault aspalpha aspnum faauto faroman facenter adjustright ltrpar rtlpar keep keepn "
    "hyphpar keepnext noline nooverflow tx tqr tqc tqdec cs ts yts super nosupersub charscalex lytexcttp hyphauto "
    "contextualspace snext sqformat spriority sunhideused slink ssemihidden ltrrow rtlrow lastrow trgaph trrh trqc "
    "trql trqr trbrdrl trbrdrr trbrdrt trbrdrb trbrdrh trbrdrv brdrs brdrw brdrcf brdrnone brdrtbl brdrdb brsp "
    "clbrdrl clbrdrr clbrdrt clbrdrb clvertalt clvertalc clvertalb cltxlrtb clftsWidth clwWidth clshdrawnil clcbpat "
    "clcfpat clpadl clpadr clpadt clpadb clpadfl clpadfr clpadft clpadfb clNoWrap clFitText trftsWidth trwWidth "
    "trftsWidthB trftsWidthA trwWidthA trwWidthB trautofit trpaddl trpaddr trpaddt trpaddb trpaddfl trpaddfr "
    "trpaddft trpaddfb trhdr trkeep tblrsid tbllkhdrrows tbllkhdrcols tbllknocolband tblind tblindtype irow irowband"
).split()


def _runs(words: list[str]) -> bytes:
    """A pattern of words, by their first letters: what cannot match is seen at once."""
    by_letter: dict[str, list[str]] = {}
    for word in dict.fromkeys(words):
        by_letter.setdefault(word[0], []).append(word[1:])
    letters = (first + "(?:" + "|".join(sorted(rest, reverse=True)) + ")" for first, rest in by_letter.items())
    return "|".join(letters).encode()


TOKEN = re.compile(
    rb"([^\\{}\r\n\x00]+)"  # 1 text
    rb"|((?:\\'[0-9a-fA-F]{2})+)"  # 2 bytes as \'hh
    rb"|\\u(-?[0-9]{1,7})\ ?"  # 3 a UTF-16 unit
    rb"|(\{)"  # 4
    rb"|(\})"  # 5
    rb"|\\([A-Za-z]{1,32})(-?[0-9]{1,10})?\ ?"  # 6 and 7 a control word and its number
    rb"|\\([^A-Za-z])"  # 8 a control symbol
    rb"|[\r\n\x00]+|\\"
)
LAYOUT = re.compile(rb"(?:\\(?:" + _runs(_LAYOUT) + rb")(?:-?[0-9]{1,10}|(?![A-Za-z0-9-]))\ ?)+")
"""A run of control words that change nothing that is read."""
UNITS = re.compile(rb"(?:\\u-?[0-9]{1,7}\ ?(?:\\'[0-9a-fA-F]{2}|\?)){2,2000}")
"""A run of ``\\u`` under ``\\uc1``, each with a fallback of one sign, as LibreOffice and WPS write Chinese."""
UNIT_IN_RUN = re.compile(rb"\\u(-?[0-9]{1,7})")
"""Every position of a file matches; a line end and a lone backslash at the end of the file match without a group."""

TEXT, BYTES, UNIT, OPEN, CLOSE, WORD, NUMBERED, SYMBOL = 1, 2, 3, 4, 5, 6, 7, 8

FALLBACK = tuple(re.compile(rb"(?:\\'[0-9a-fA-F]{2}|[^\\{}\r\n\x00]){%d}" % count) for count in range(5))
"""By ``\\ucN``: the plain fallback behind a ``\\u``, taken in one step where it stands there whole."""

_BRACES = re.compile(rb"\\bin([0-9]{1,10})\ ?|\\[\s\S]|\{+|\}")


def after_group(data: bytes, pos: int, budget: int) -> tuple[int, int]:
    """Steps over the rest of a group that is not read.

    Args:
        data: the file.
        pos: a place inside the group.
        budget: how many braces and escapes may be looked at.

    Returns:
        The place of the group's closing brace and what is left of the budget; -1 when the group never ends, and a
        budget below 0 when it was used up.
    """
    depth = 1
    while True:
        for match in _BRACES.finditer(data, pos):
            first = data[match.start()]
            if first == 0x7B:
                depth += match.end() - match.start()
            elif first == 0x7D:
                depth -= 1
                if not depth:
                    return match.start(), budget
            elif match[1] is not None:
                pos = match.end() + int(match[1])
                budget -= 1
                break
            budget -= 1
            if budget < 0:
                return -1, budget
        else:
            return -1, budget
        if pos >= len(data):
            return -1, budget
