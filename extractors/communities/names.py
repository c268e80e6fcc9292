"""How schools are named: finding the names in a stretch of folded text.

A name is told by its ending (小学, 一中, 校区 …), by what may stand behind it, and by what of the words in front of it
belongs to the sentence. Words that speak of schools in general (乡村学校, 若干所小学) are no names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from extractors.layout import squeeze
from extractors.lexicon import load

_HAN = r"[\u3400-\u9fff〇]"
_NOTE = r"(?:\([^()]{1,14}\))"
_NUMERAL = r"(?:[一二三四五六七八九十百]{1,3}|\d{1,3})"
_MAX_NAME = 26


_MAX_PIECE = 400
"""A longer stretch without a mark is no list of names; it also bounds what is tried on it."""

_NOTE_AT_END = re.compile(r"\([^()]*\)$")
_SHORTEST = re.compile(rf"{_NUMERAL}[中小幼高]")
_ORDINAL_AT_END = re.compile(rf"第?{_NUMERAL}[中小幼高]$")
_ORDINAL_SCHOOL = re.compile(rf"第?{_NUMERAL}(?:[中小幼高]|小学|中学|初中|高中|幼儿园|实验)")
_CHUNK = re.compile(r"[^\s、,;。:\"《》<>+→=/|!?-]+")
_SERIAL = re.compile(r"(?:\d{1,2}[.．]|[①-⑳])(?=[\u3400-\u9fff])")
_NOTE_BEHIND = re.compile(r"\(([^()]{1,14})\)")
_COUNT_OF_SCHOOLS = re.compile(_NUMERAL + "所")
_NEXT_WORD = re.compile(rf"[和与同及]{_HAN}?(?:校区|分校|园区)")
_PIECE = re.compile(r"(?:[^\s、,;/|()+-]|\([^()]*\))+|[()+-]")
_TAIL = re.compile(r"\([^()]*\)$|等(?:\d*所)?(?:学校)?$")
_AND = re.compile(r"[和与及]")
_PLAIN_END = re.compile(r"(?:学校|小学|中学|初中|幼儿园|[一二三四五六七八九十][中小幼])$")
_LIST_SERIAL = re.compile(r"^(?:\(\d{1,2}\)|\d{1,2}[.．、)]?|[①-⑳])\s*(?=[\u3400-\u9fff\n])(?![中小幼高初](?:$|[\s(]))")


@dataclass(frozen=True, slots=True)
class Name:
    """A school's name at its place; ``part`` is ``lead`` or ``member`` where a note behind it or a word before says so."""

    start: int
    end: int
    part: str | None = None
    close: int = 0
    """Where the name ends with the note behind it."""


def alternation(words: list[str]) -> str:
    """A pattern for any of the words, the longest first."""
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


def run_of(words: list[str]) -> str:
    """A pattern for one word of a run: as ``alternation``, without the words that a run of the others spells anyway.

    With 协作, 型 and 协作型 in it, ``(…)+`` could read 协作型协作型 in four ways, and a long text in more ways than can be tried.
    """
    return alternation([word for word in words if not _is_spelled(word, [other for other in words if other != word])])


def _is_spelled(word: str, parts: list[str]) -> bool:
    return not word or any(word.startswith(part) and _is_spelled(word[len(part) :], parts) for part in parts)


@cache
def _part_label() -> re.Pattern[str]:
    """核心校: in front of a name."""
    return re.compile(rf"(?:{part_pattern().pattern}):")


@cache
def suffix_pattern() -> str:
    """A regular expression for the end of a school's name, for folded text."""
    words = load("schools")
    short = "".join(words["short_kinds"])
    return rf"(?:{alternation(words['suffixes'])}|第?{_NUMERAL}[{short}])"


@cache
def _whole() -> re.Pattern[str]:
    return re.compile(
        rf"[\u3400-\u9fff〇A-Za-z0-9·\"-]{{0,24}}?(?:{_NOTE}[\u3400-\u9fff]{{0,8}}?)?{suffix_pattern()}{_NOTE}?"
    )


@cache
def _suffix() -> re.Pattern[str]:
    return re.compile(suffix_pattern())


@cache
def _joint() -> re.Pattern[str]:
    """The ending of a name with what may join it to the next one, a conjunction or nothing (柳河镇小 ends in 柳河镇小学)."""
    return re.compile(
        rf"{suffix_pattern()}(?:\([^()]*\))?(?P<joint>以及|[和与及同]|(?!(?<=[小中])学|(?<=幼)儿)(?={_HAN}))"
    )


@cache
def _suffix_at_end() -> re.Pattern[str]:
    return re.compile(rf"{suffix_pattern()}$")


@cache
def _generic() -> frozenset[str]:
    return frozenset(load("schools")["generic"])


@cache
def _generic_stem() -> re.Pattern[str]:
    return re.compile(rf"(?:{run_of(load('schools')['generic_stems'])})+")


@cache
def _part_words() -> dict[str, str]:
    words = load("schools")
    return dict.fromkeys(words["lead"], "lead") | dict.fromkeys(words["member"], "member")


@cache
def part_pattern() -> re.Pattern[str]:
    """The words that give a school its part in a community, the longest first (被帮扶学校 before 帮扶学校)."""
    return re.compile(alternation(list(_part_words())))


def part_of(note: str | None) -> str | None:
    """Whether a note behind a name or a header (核心校, 成员校) makes it the lead or a member."""
    bare = note or ""
    if bare in load("schools")["lead_notes"]:
        return "lead"
    found = [m[0] for m in part_pattern().finditer(bare) if m[0] == bare or m[0] not in load("schools")["campus_words"]]
    return _part_words()[max(found, key=len)] if found else None


def is_school_name(folded: str) -> bool:
    """Whether a short folded text, white space removed, is the name of one particular school."""
    return len(folded) <= _MAX_PIECE and _is_school_name(folded)


@lru_cache(maxsize=8192)
def _is_school_name(folded: str) -> bool:
    bare = _NOTE_AT_END.sub("", folded)
    if not 2 <= len(bare) <= 30 or (len(bare) == 2 and not _SHORTEST.fullmatch(bare)):
        return False
    return not is_generic(bare) and bool(_whole().fullmatch(folded))


def is_generic(folded: str) -> bool:
    """Whether words name schools in general (若干所乡村学校) rather than one school."""
    if not folded or folded in _generic() or re.search(load("schools")["generic_words"], folded):
        return True
    if folded[0] in "为是由以和与及" and not folded.startswith(_openers()[2]) and is_generic(folded[1:]):
        return True
    suffix = _suffix_at_end().search(folded)
    stem = folded[: suffix.start()] if suffix else folded
    if suffix and suffix[0] in load("schools")["one_of_a_kind"] and re.fullmatch(r"[省市县区州旗]?", stem):
        return False
    return bool(stem and _generic_stem().fullmatch(stem) and not _ORDINAL_AT_END.search(folded))


def stem_length(folded: str) -> int:
    """How much of a name stands before its ending; 第一小学, 一中 and the like count as having one."""
    if _ORDINAL_SCHOOL.search(folded):
        return 9
    suffix = _suffix_at_end().search(folded)
    return suffix.start() if suffix else len(folded)


@cache
def _openers() -> tuple[re.Pattern[str], re.Pattern[str], tuple[str, ...]]:
    words = load("schools")
    anywhere = re.compile(alternation(words["before_name"]))
    at_start = re.compile(alternation(words["not_in_name_start"] + list(_part_words())))
    return anywhere, at_start, tuple(words["name_starts"])


def trim_start(folded: str) -> int:
    """How many characters in front of a name belong to the sentence (由, 以, 确定 …)."""
    anywhere, at_start, protected = _openers()
    cut = 0
    for match in anywhere.finditer(folded):
        rest = folded[match.end() :]
        if not folded[match.start() :].startswith(protected) and _names_a_school(rest):
            cut = match.end()
    while opener := at_start.match(folded, cut):
        rest = folded[opener.end() :]
        if folded.startswith(protected, cut) or not _names_a_school(rest):
            break
        cut = opener.end()
    return cut


def _names_a_school(rest: str) -> bool:
    return len(rest) >= 2 and (stem_length(rest) >= 2 or rest.startswith(("实验", "县", "市"))) and is_school_name(rest)


@cache
def _ends() -> re.Pattern[str]:
    words = load("schools")
    # What an ending can begin with is asked for first: nearly all characters fail there, not at every ending.
    begins = "".join({re.escape(word[0]) for word in words["suffixes"]})
    return re.compile(
        rf"(?=[{begins}第一二三四五六七八九十百\d]){suffix_pattern()}(?=[\s、,;。:\"()+→/《》<>=|!?-]|{alternation(words['after_name'])}|共?[两二三四五六七八九十\d]{{1,2}}[所个家校园]|$)"
    )


def find_names(folded: str, start: int, end: int) -> list[Name]:
    """The schools that a sentence names, in order.

    A conjunction divides two names only behind a complete one, so that 和平小学 and 同心中学 stay whole.
    """
    names: list[Name] = []
    if not _ends().search(folded, start, end):  # most sentences
        return names
    for chunk in _CHUNK.finditer(folded, start, end):
        names += _in_chunk(folded, chunk.start(), chunk.end())
    return names


def _in_chunk(folded: str, start: int, end: int) -> Iterator[Name]:
    serial = _SERIAL.match(folded, start, end)
    at = serial.end() if serial else start
    for match in _ends().finditer(folded, start, end):
        if match.start() < at:
            continue
        if _goes_on(folded, match.end(), end):
            continue
        first = max(at, match.end() - 2 * _MAX_NAME)
        bracket = folded.rfind(")", first, match.start())
        opening = folded.rfind("(", first, match.start())
        if opening > bracket:  # the ending stands inside a bracket: (北校区) belongs to the name before it
            continue
        if bracket >= 0 and (opening < start or not folded[first:opening].strip()):
            first = bracket + 1  # a number in front: (1)县一小
        elif bracket >= 0 and not _inner_note(folded[opening + 1 : bracket]):
            first = bracket + 1
        first += trim_start(folded[first : match.end()])
        part = None
        before = part_pattern().search(folded, max(first - 6, start), first)
        if before and before.end() == first:
            part = _part_words()[before[0]]
        name = folded[first : match.end()]
        last = close = match.end()
        note = _NOTE_BEHIND.match(folded, match.end())
        if note:
            close = note.end()
            if keeps_note(note[1]):
                last = close
            part = part_of(note[1]) or part
        at = close
        # 学区 in a sentence is what schools form, not a school.
        if (
            len(name) <= _MAX_NAME
            and not name.endswith("学区")
            and is_school_name(name)
            and not _COUNT_OF_SCHOOLS.match(name)
        ):
            yield Name(first, last, part, close)


def _goes_on(folded: str, at: int, end: int) -> bool:
    """Whether a conjunction behind a name is the start of its next word: 实验小学和平校区."""
    return _NEXT_WORD.match(folded, at, end) is not None


def _inner_note(note: str) -> bool:
    return len(note) <= 4 and not part_of(note)


def keeps_note(note: str) -> bool:
    """Whether a bracket belongs to the name before it: XX学校(北校区), but not (核心校), (120人) or (农村)."""
    bare, words = squeeze(note), load("schools")
    return bool(
        re.search(words["notes_kept"], bare) and not part_of(bare) and not re.search(words["notes_left_out"], bare)
    )


def split_names(text: str, folded: str) -> list[tuple[int, int]]:
    """The school names in a cell or a list, as offsets.

    Names stand apart by 、, ; line breaks or spaces; a name broken over two lines (幼儿 / 园) is put together again.
    Entries that are no school names (a person, a dash) are left out, and so are notes such as (核心校).
    """
    return [(start, end) for start, end, _ in named_parts(folded)]


def named_parts(folded: str) -> list[tuple[int, int, str | None]]:
    """As ``split_names``, with the part that a note gives each name."""
    pieces = _pieces(folded)
    names: list[tuple[int, int, str | None]] = []
    i = 0
    while i < len(pieces):
        for j in range(i, min(i + 4, len(pieces))):  # a name in one piece, or in several over line breaks
            start, end = pieces[i][0], pieces[j][1]
            if j > i and not folded[pieces[j - 1][1] : pieces[j][0]].isspace():
                break
            if not is_school_name(_bare(folded[start:end])):
                continue
            if j + 1 < len(pieces) and folded[pieces[j][1] : pieces[j + 1][0]].isspace():
                tail = folded[slice(*pieces[j + 1])]
                whole = _bare(folded[start : pieces[j + 1][1]])
                if re.sub(r"\(.*", "", tail) in ("学", "园", "校", "区", "部", "儿园") and is_school_name(whole):
                    j, end = j + 1, pieces[j + 1][1]
            start += len(folded[start:end]) - len(_without_serial(folded[start:end]))
            head = _part_label().match(folded, start, end)
            note = _NOTE_AT_END.search(folded[start:end])
            part = part_of(note[0][1:-1]) if note else None
            last = end
            if note and not keeps_note(note[0][1:-1]):
                last = start + len(folded[start : start + note.start()].rstrip())
            if head:
                part = part_of(head[0])
                start = head.end()
            names.append((start, last, part))
            i = j
            break
        i += 1
    return names


def _bare(piece: str) -> str:
    bare = _without_serial(squeeze(piece))
    label = _part_label().match(bare)
    if label:
        bare = bare[label.end() :]
    note = _NOTE_AT_END.search(bare)
    return bare[: note.start()] if note and not keeps_note(note[0][1:-1]) else bare


def _pieces(folded: str) -> list[tuple[int, int]]:
    pieces = [m.span() for m in _PIECE.finditer(folded)]
    out: list[tuple[int, int]] = []
    for start, end in pieces:
        out += _divide(folded, start, end)
    return out


def _divide(folded: str, start: int, end: int) -> list[tuple[int, int]]:
    """Divide A和B, A及B and 城东小学城西小学 where both sides are names."""
    text = folded[start : min(end, start + _MAX_PIECE)]
    for match in _joint().finditer(text):
        left, right = text[: match.start("joint")], text[match.end() :]
        tail = _TAIL.sub("", right)
        if not is_school_name(_bare(left)) or not any(
            is_school_name(squeeze(piece)) for piece in (tail, _AND.split(tail, 1)[0])
        ):
            continue
        if match["joint"]:
            if stem_length(tail) < 2:
                continue
        elif (
            (stem_length(tail) < 2 and not _COUNTYS_OWN.match(tail))
            or re.match(load("schools")["inside_a_name"], tail)
            or not _PLAIN_END.search(tail)
        ):
            continue
        return [(start, start + match.start("joint")), *_divide(folded, start + match.end(), end)]
    return [(start, end)]


_COUNTYS_OWN = re.compile(r"[市县](?:实验|第?[一二三四五六七八九十]|外国语|职业|特殊)")


def _without_serial(name: str) -> str:
    return _LIST_SERIAL.sub("", name)
