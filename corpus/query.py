"""The query language: what people type, as a small tree.

::

    结对帮扶 教师交流          both wordings, anywhere in the document
    "结对帮扶"                 exactly this wording (in either script), no synonyms
    校共体 OR 教共体           one of them; | is the same
    教共体 -协作型             without the second; NOT is the same
    (校共体 OR 教共体) 考核    brackets group
    province:浙江 year:2020..2022 genre:plan,opinion
    number:余教2020155号 date:2020-01..2021-06 mode:融合型 pack:henan-2025 verdict:不符合

Fields: ``province`` 省, ``city`` 市, ``county`` 县, ``year`` 年, ``date`` 日期, ``number`` 文号, ``issuer`` 发文机关,
``title`` 标题, ``genre`` 文种, ``role`` 类型, ``level`` 层级, ``script`` 文字, ``mode`` 模式, ``pack`` 要求包,
``verdict`` 结论; a comma means or. The query is folded first, so that it may be typed in either script and with
full-width signs. A bracket, dash or colon inside a word belongs to the word: titles can be pasted as they are.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from typing import get_args

from corpus.units import BREAK, JOINER, plain, units
from schemas.document import DocumentRole, Genre, Level, Script
from schemas.errors import InvalidQuery
from schemas.finding import VERDICT_NAMES, VERDICTS

_LONGEST = 2000
_MOST_PARTS = 100
_DEEPEST = 20
_UNTYPED = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
"""Nobody types these: control characters, and halves of characters, which cannot be written as UTF-8."""

PLACES = ("province", "city", "county")
CODES: dict[str, tuple[str, ...]] = {
    "genre": get_args(Genre),
    "role": get_args(DocumentRole),
    "level": get_args(Level),
    "script": get_args(Script),
    "verdict": VERDICTS,
}
WORDED = ("issuer", "title", "number")
"""Fields that hold a wording."""
NAMED = (*PLACES, "mode", "pack")
"""Fields that hold one of many names; the beginning of a name is enough."""
FIELDS = (*PLACES, "year", "date", *WORDED, *CODES, "mode", "pack")

_FIELD_NAMES = {
    "省": "province", "省份": "province", "市": "city", "县": "county", "区县": "county", "年": "year", "年份": "year",
    "发文机关": "issuer", "机关": "issuer", "标题": "title", "文种": "genre", "类型": "role", "层级": "level",
    "文字": "script", "日期": "date", "成文日期": "date", "文号": "number", "字号": "number", "发文字号": "number",
    "模式": "mode", "要求包": "pack", "结论": "verdict", "判定": "verdict",
}  # fmt: skip
_CODE_NAMES: dict[str, dict[str, str]] = {
    "genre": {
        "通知": "notice", "意见": "opinion", "方案": "plan", "计划": "plan", "办法": "measures", "细则": "measures",
        "协议": "agreement", "报告": "report", "总结": "report", "函": "letter", "批复": "reply",
        "公告": "announcement", "公示": "announcement", "名单": "list", "法规": "regulation", "其他": "other",
    },
    "role": {"要求": "requirement", "方案": "plan", "报送": "submission", "其他": "other"},
    "level": {
        "国家": "national", "省": "province", "省级": "province", "市": "city", "市级": "city", "县": "county",
        "县级": "county", "乡镇": "township", "学校": "school",
    },
    "script": {"简体": "Hans", "繁体": "Hant", "hans": "Hans", "hant": "Hant", "zyyy": "Zyyy"},
    "verdict": {name: code for code, name in VERDICT_NAMES.items()},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wording:
    """A wording to be found in text or title (``field``, one of ``WORDED``: only there); ``exact`` if quoted."""

    units: tuple[str, ...]
    exact: bool = False
    field: str | None = None

    @property
    def text(self) -> str:
        """The wording as folded text; a space keeps two numbers or two Latin words apart."""
        pairs = zip(self.units, (*self.units[1:], BREAK), strict=True)
        return "".join(unit + " " * (unit.isascii() and following.isascii()) for unit, following in pairs).strip()


@dataclass(frozen=True, slots=True)
class Values:
    """A field that must have one of the values; of ``NAMED`` fields the beginning of a value is enough."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Years:
    """The year of the document's date, both ends included; None is an open end."""

    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class Dates:
    """The document's date (of signature, else of publication), both ends included; None is an open end."""

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class All:
    """Every part must hold."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Any_:
    """At least one part must hold."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part must not hold."""

    part: Node


@dataclass(frozen=True, slots=True)
class Ranked:
    """At least ``least`` of the words, ranked by all of them and by ``pairs``, grams (``corpus.units``) of what was typed.

    Nobody types this: ``corpus.loosening`` makes it of a query that hardly anything matches. With ``least`` 0 a pair is
    enough, and documents that hold one of ``whole`` come before all others.
    """

    words: tuple[Wording, ...]
    pairs: tuple[str, ...]
    least: int
    whole: tuple[Wording, ...] = ()


Node = Wording | Values | Years | Dates | All | Any_ | Not | Ranked


def parse(query: str) -> Node:
    """The tree of a query.

    Raises:
        InvalidQuery: it is empty, too long, or breaks the language; the message says where and what to write instead.
    """
    if len(query) > _LONGEST:
        raise InvalidQuery(
            f"检索式有 {len(query)} 个字，至多 {_LONGEST} 个，请缩短 / the query has {len(query)} characters, at most {_LONGEST} are "
            "possible; shorten it"
        )
    from extractors.fold import fold

    tokens = _Tokens(fold(_UNTYPED.sub(" ", query))).read()
    if len(tokens) > _MOST_PARTS:
        raise InvalidQuery(
            f"检索式有 {len(tokens)} 个部分，至多 {_MOST_PARTS} 个，请缩短 / the query has {len(tokens)} parts, at most {_MOST_PARTS} are "
            "possible; shorten it"
        )
    reader = _Reader(tokens)
    node = reader.either(0)
    if node is None:
        raise InvalidQuery(
            "检索式是空的，请写一个词，如 教共体，或一个字段，如 province:浙江 / "
            "the query is empty; type a word, for example: 教共体, or a field: province:浙江"
        )
    return node


def field(name: str, value: str | int) -> Node:
    """The condition that a field has a value, or one of several separated by commas.

    Raises:
        InvalidQuery: there is no such field, or the value is not possible for it.
    """
    from extractors.fold import fold

    text = fold(_UNTYPED.sub(" ", str(value))).strip().strip('"').strip()
    if not text:
        raise InvalidQuery(
            f"{name}: 没有值，可写如 province:浙江 或 year:2020..2022 / "
            "has no value; write for example province:浙江 or year:2020..2022"
        )
    if name not in FIELDS:
        raise InvalidQuery(
            f'没有字段 {name}，可用 {"、".join(FIELDS)}；要找这几个字本身，写 "{name}:…" / '
            f'there is no field {name!r}; fields are {", ".join(FIELDS)}; to find the text itself write "{name}:…"'
        )
    if name == "year":
        parts: list[Node] = [_years(part) for part in _split(text)]
        return parts[0] if len(parts) == 1 else Any_(tuple(parts))
    if name == "date":
        ranges: list[Node] = [_dates(part) for part in _split(text)]
        return ranges[0] if len(ranges) == 1 else Any_(tuple(ranges))
    if name in WORDED:
        wordings: list[Node] = [
            Wording(tuple(found), True, name)
            for part in _split(text)
            if (found := units(plain(_bracketed(part, alone=name == "number"))))
        ]
        if not wordings:
            example = "余教〔2020〕155号" if name == "number" else "教育局"
            raise InvalidQuery(
                f"{name}: 没有值，可写如 {name}:{example} / has no value; write for example {name}:{example}"
            )
        return wordings[0] if len(wordings) == 1 else Any_(tuple(wordings))
    if name in NAMED:
        return Values(name, tuple(_split(text)))
    return Values(name, tuple(_code(name, part) for part in _split(text)))


def wordings(node: Node) -> list[Wording]:
    """The wordings that a result holds because the query asks for them, in order; not those it must not hold."""
    match node:
        case Wording():
            return [node]
        case All(parts) | Any_(parts):
            return [wording for part in parts for wording in wordings(part)]
        case Ranked():
            return [*node.whole, *(node.words or (Wording(tuple(pair.split(JOINER))) for pair in node.pairs))]
        case _:
            return []


def is_number(units: tuple[str, ...]) -> bool:
    """Whether the units may be a 发文字号 or the end of one: a year or a serial number before 号."""
    return len(units) > 1 and units[-1] == "号" and units[-2].isdigit()


def _split(text: str) -> list[str]:
    return [part for part in (p.strip() for p in re.split("[,、]", text)) if part] or [text]


def _years(text: str) -> Years:
    match = re.fullmatch(
        r"(?P<one>\d{4})年?|(?P<first>\d{4})?年?(?:\.\.+|-+|…)(?P<last>\d{4})?年?|(?P<sign>[<>]=?)(?P<edge>\d{4})", text
    )
    if not match or text.strip(".-…") == "":
        raise InvalidQuery(
            f"year:{text} 不是年份，可写 year:2025、year:2020..2022 或 year:>=2020 / "
            f"year:{text} is not a year; write year:2025, year:2020..2022 or year:>=2020"
        )
    if match["one"]:
        return Years(int(match["one"]), int(match["one"]))
    if match["sign"]:
        edge, sign = int(match["edge"]), match["sign"]
        strict = 0 if "=" in sign else 1
        return Years(edge + strict, None) if sign[0] == ">" else Years(None, edge - strict)
    return Years(int(match["first"]) if match["first"] else None, int(match["last"]) if match["last"] else None)


_DATE = r"\d{4}(?:年\d{1,2}(?:月(?:\d{1,2}日?)?)?|[-./]\d{1,2}(?:[-./]\d{1,2})?|\d{4}|年)?"
_DATES = re.compile(
    rf"(?P<one>{_DATE})|(?P<first>{_DATE})?(?:\.\.+|-+|~|至)(?P<last>{_DATE})?|(?P<sign>[<>]=?)(?P<edge>{_DATE})"
)


def _dates(text: str) -> Dates:
    match = _DATES.fullmatch(re.sub(r"\s", "", text))
    if not match or not any(match[name] for name in ("one", "first", "last", "edge")):
        raise InvalidQuery(
            f"date:{text} 不是日期，可写 date:2020-05-01、date:2020-01..2021-06 或 date:>=2021 / "
            f"date:{text} is not a date; write date:2020-05-01, date:2020-01..2021-06 or date:>=2021"
        )
    if match["one"]:
        return Dates(*_days(match["one"]))
    if match["sign"]:
        first, last = _days(match["edge"])
        if match["sign"][0] == ">":
            return Dates(first if "=" in match["sign"] else _shifted(last, 1), None)
        return Dates(None, last if "=" in match["sign"] else _shifted(first, -1))
    return Dates(
        _days(match["first"])[0] if match["first"] else None, _days(match["last"])[1] if match["last"] else None
    )


def _days(text: str) -> tuple[date, date]:
    """The first and the last day of what is written as a year, a month or a day."""
    if re.fullmatch(r"\d{8}", text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    numbers = [int(part) for part in re.findall(r"\d+", text)]
    try:
        if len(numbers) == 3:
            return date(*numbers), date(*numbers)
        year, month = numbers[0], numbers[1] if len(numbers) == 2 else None
        first, last = date(year, month or 1, 1), date(year, month or 12, 1)
        return first, last.replace(day=calendar.monthrange(year, last.month)[1])
    except (ValueError, calendar.IllegalMonthError):
        raise InvalidQuery(f"date:{text}: 没有这一天 / there is no such day") from None


def _shifted(day: date, by: int) -> date:
    try:
        return date.fromordinal(day.toordinal() + by)
    except (ValueError, OverflowError):
        return day


_UNBRACKETED = re.compile(
    r"(?P<agency>[\u3400-\u9fff][\u3400-\u9fff()]*?)(?P<year>(?:19|20)\d\d)(?P<serial>\d{1,4})(?P<sign>号?)"
)


def _bracketed(text: str, *, alone: bool = False) -> str:
    """A 发文字号 typed without brackets, with them: 余教2020155号 is one number to the units, 余教〔2020〕155号 two.

    ``alone``: the text is known to be a number, 号 may be missing.
    """
    match = _UNBRACKETED.fullmatch(re.sub(r"\s", "", text))
    if not match or not (alone or match["sign"]):
        return text
    return f"{match['agency']}[{match['year']}]{match['serial']}{match['sign']}"


def _code(name: str, text: str) -> str:
    code = _CODE_NAMES[name].get(text, _CODE_NAMES[name].get(text.lower(), text))
    if code not in CODES[name]:
        code = code.lower()
    if code not in CODES[name]:
        raise InvalidQuery(
            f"{name}:{text} 不行，可用的值是 {'、'.join(CODES[name])} / "
            f"{name}:{text} is not possible; values are {', '.join(CODES[name])}"
        )
    return code


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # word, phrase, field, or, and, not, (, )
    text: str = ""
    value: str = ""


class _Tokens:
    """Cuts a folded query into tokens."""

    def __init__(self, query: str) -> None:
        self.query = query
        self.at = 0
        self.open = 0

    def read(self) -> list[_Token]:
        found: list[_Token] = []
        while self.at < len(self.query):
            character = self.query[self.at]
            if character.isspace():
                self.at += 1
            elif character == '"':
                found.append(_Token("phrase", self._quoted()))
            elif character == "|":
                self.at += 1
                found.append(_Token("or"))
            elif character == "(":
                self.at += 1
                self.open += 1
                found.append(_Token("("))
            elif character == ")":
                self.at += 1
                if not self.open:
                    raise InvalidQuery(
                        f"第 {self.at} 个字的括号 ) 没有相配的 (，请删去或把文字放在引号中 / "
                        f"the bracket ) at character {self.at} closes nothing; remove it or put the text in quotes"
                    )
                self.open -= 1
                found.append(_Token(")"))
            elif character == "-":
                self.at += 1
                following = self.query[self.at : self.at + 1]
                if following and not following.isspace() and following != "-":
                    found.append(_Token("not"))
            else:
                found.append(self._word())
        if self.open:
            raise InvalidQuery(
                "括号 ( 没有合上，请补上 ) 或把文字放在引号中 / a bracket ( is not closed; add ) or put the text in quotes"
            )
        return found

    def _quoted(self) -> str:
        end = self.query.find('"', self.at + 1)
        if end == -1:
            raise InvalidQuery(
                f"第 {self.at + 1} 个字的引号没有合上，请补上或删去 / "
                f"the quotation mark at character {self.at + 1} is not closed; add a second one or remove it"
            )
        text = self.query[self.at + 1 : end]
        self.at = end + 1
        return text

    def _word(self) -> _Token:
        if match := re.compile(r"([A-Za-z_]+|[一-鿿]{1,4}):(?!:)").match(self.query, self.at):
            name = _FIELD_NAMES.get(match[1], match[1].lower())
            if name in FIELDS or match[1].isascii():
                self.at = match.end()
                quoted = self.query[self.at : self.at + 1] == '"'
                return _Token("field", name, self._quoted() if quoted else self._run())
        text = self._run()
        return _Token({"OR": "or", "AND": "and", "NOT": "not"}.get(text, "word"), text)

    def _run(self) -> str:
        start, inside = self.at, 0
        while self.at < len(self.query):
            character = self.query[self.at]
            if character.isspace() or character == "|" or (character == ")" and not inside and self.open):
                break
            inside += (character == "(") - (character == ")" and inside > 0)
            self.at += 1
        return self.query[start : self.at]


class _Reader:
    """Builds the tree: or binds weakest, then and, then not. Parts without a searchable character are left out."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.at = 0

    def either(self, depth: int) -> Node | None:
        if depth > _DEEPEST:
            raise InvalidQuery(
                f"括号套了 {_DEEPEST} 层以上，请简化 / brackets are nested more than {_DEEPEST} deep; simplify the query"
            )
        parts = [self._every(depth)]
        while self._kind() == "or":
            self.at += 1
            parts.append(self._every(depth))
            if parts[-2] is None or parts[-1] is None:
                raise InvalidQuery(
                    "OR 两边都要有词，如 校共体 OR 教共体 / "
                    "OR needs a word on both sides, for example: 校共体 OR 教共体"
                )
        found = [part for part in parts if part is not None]
        return _one(Any_, found)

    def _every(self, depth: int) -> Node | None:
        found: list[Node] = []
        while (kind := self._kind()) not in ("or", ")", ""):
            if kind == "and":
                self.at += 1
                continue
            if (part := self._single(depth)) is not None:
                found.append(part)
        return _one(All, found)

    def _single(self, depth: int) -> Node | None:
        token = self.tokens[self.at]
        self.at += 1
        if token.kind == "not":
            if self._kind() in ("", "or", "and", ")"):
                raise InvalidQuery(
                    "NOT 后面要有词，如 教共体 NOT 协作型 / NOT needs a word after it, for example: 教共体 NOT 协作型"
                )
            if self._kind() == "not":
                raise InvalidQuery("NOT 写了两次，只写一个 / NOT stands twice; write one")
            part = self._single(depth)
            return None if part is None else Not(part)
        if token.kind == "(":
            inner = self.either(depth + 1)
            self.at += 1
            return inner
        if token.kind == "field":
            return field(token.text, token.value)
        found = tuple(units(plain(_bracketed(token.text))))
        return Wording(found, exact=token.kind == "phrase") if found else None

    def _kind(self) -> str:
        return self.tokens[self.at].kind if self.at < len(self.tokens) else ""


def _one(combine: type[All] | type[Any_], parts: list[Node]) -> Node | None:
    if len(parts) < 2:
        return parts[0] if parts else None
    return combine(tuple(parts))
