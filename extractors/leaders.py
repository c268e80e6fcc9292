"""The people who lead: 组长, 副组长, 办公室主任 of a leading group, with the posts and bodies named beside them.

They stand in lists (组长：…), in sentences (由…担任组长) and in tables (姓名, 职务). Members are not leaders; a post without a
name (以局长为组长) names nobody; a blank after the label is reported by ``blanks``.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from extractors.layout import LaidCell, LaidTable, Layout, squeeze
from extractors.lexicon import load
from extractors.organisations import split_list
from extractors.words import is_word
from schemas.document import Leader


def _any(words: list[str], spaced: bool = False) -> str:
    gap = r"[ \u3000]*" if spaced else ""
    return "|".join(gap.join(map(re.escape, word)) for word in sorted(words, key=len, reverse=True))


@cache
def _label() -> re.Pattern[str]:
    words = load("people")
    roles = _any(words["roles"], spaced=True)
    members = _any(words["members"], spaced=True)
    return re.compile(
        rf"(?<![\u3400-\u9fff])(?:(?P<role>{roles})|(?P<member>{members}))(?:\([^()]{{1,12}}\))?[ \u3000]*:"
        # without a colon only at the start of a line, before a space and a short word, or alone on the line
        rf"|^[ \u3000]*(?P<bare>{roles})(?:[ \u3000]+(?=[\u3400-\u9fff]{{1,14}}(?:[ \u3000、(\n]|$))|[ \u3000]*$)",
        re.M,
    )


_MOST_WHO = 60
_WHO = rf"[^。;:,\n]{{2,{_MOST_WHO}}}?"
_WHO_END = re.compile(r"[。;:,\n]")


@cache
def _held() -> re.Pattern[str]:
    """…担任组长, without the people in front of it: those are looked for backwards, which keeps the search linear."""
    roles = _any(load("people")["roles"])
    return re.compile(
        rf"(?:兼任|担任|任|兼|为)(?:领导小组|工作小组|专班)?(?P<role>{roles})"
        r"(?![\u3400-\u9fff]{0,2}[:员])(?=[,。;、:)\s的]|负责|具体|主持|统筹|$)"
    )


@cache
def _held_by() -> list[re.Pattern[str]]:
    roles = _any(load("people")["roles"])
    return [
        re.compile(rf"(?<![\u3400-\u9fff])(?P<role>{roles})由(?P<who>{_WHO})(?:兼任|担任|同志|兼|任|负责)"),
        re.compile(rf"办公室(?P<role>主任|副主任)由(?P<who>{_WHO})(?:兼任|担任|同志|兼|任|负责)"),
    ]


_ENTRY = r"[\u3400-\u9fff]{2,4}(?:\([^()\n]{1,20}\))?"


@cache
def _apposed() -> re.Pattern[str]:
    """组长张三(局长),副组长李四、王五: the names right behind the role, and nothing else in the clause."""
    roles = _any(load("people")["roles"])
    return re.compile(
        rf"(?:(?<![\u3400-\u9fff])|(?<=小组)|(?<=专班))(?P<role>{roles})(?P<who>{_ENTRY}(?:、{_ENTRY}){{0,9}})(?=[,;。\n]|$)"
    )


def _are_names(who: str) -> bool:
    """Whether a list behind a role holds names alone; 组长单位 and the like are words."""
    bare = [re.sub(r"\([^()]*\)", "", who[a:b]) for a, b in split_list(who, separators="、")]
    return all(_is_name(name) for name in bare) and not all(len(name) == 2 and is_word(name) for name in bare)


def _stated(prose: str) -> Iterator[tuple[int, int, re.Match[str]]]:
    """The sentences that give somebody a role: where the people stand, and the match with the ``role``."""
    at = done = 0
    while match := _held().search(prose, at):
        start = max(match.start() - _MOST_WHO, done)
        for end in _WHO_END.finditer(prose, start, match.start()):
            start = end.end()
        if match.start() - start < 2:
            at = match.start() + 1
            continue
        yield start, match.start(), match
        at = done = match.end()
    for form in _held_by():
        for match in form.finditer(prose):
            yield *match.span("who"), match
    for match in _apposed().finditer(prose):
        if _are_names(match["who"]):
            yield *match.span("who"), match


@dataclass(frozen=True, slots=True)
class _Person:
    name: tuple[int, int]
    post: str | None
    organisation: str | None


def find_leaders(layout: Layout) -> list[Leader]:
    """Every leader named in the running text and the tables, in reading order, each once."""
    found: list[Leader] = []
    labels: list[int] = []
    ends = [0]
    for match, start, end in _lists(layout):
        labels.append(match.start())
        ends.append(end)
        if match["bare"] and re.search(r"[:。;]", layout.prose[start:end]):
            continue  # a sentence that begins with the word, no list
        if match["role"] or match["bare"]:
            found += _leaders(layout, _role_name(layout, match), start, end)
    for start, end, match in _stated(layout.prose):
        if start < ends[bisect.bisect_right(labels, start)]:
            continue  # inside a list, which has been read
        role = squeeze(layout.text[match.start("role") : match.end("role")])
        if match["role"] in load("people")["office_roles"]:
            office = _office_before(layout, min(start, match.start()) - 30, match.end())
            if not office:
                continue
            role = office + role
        start = _with_people_before(layout, start)
        lead = _FROM_WHERE.match(layout.prose, start, end)
        found += _leaders(layout, role, lead.end() if lead else start, end, sentence=True)
    for table in layout.tables:
        found += _from_table(layout, table)
    unique = {(leader.role, leader.name): leader for leader in sorted(found, key=lambda x: -x.span.start)}
    return sorted(unique.values(), key=lambda leader: leader.span.start)


def _with_people_before(layout: Layout, start: int) -> int:
    """Where the people begin who share a role over commas: 部长张三，副县长李四任副组长."""
    for _ in range(_MOST_BEFORE):
        if layout.prose[start - 1 : start] != ",":
            break
        floor = max(0, start - 1 - _MOST_WHO)
        first = max(layout.prose.rfind(mark, floor, start - 1) for mark in ",。;:\n") + 1
        people = list(_people(layout, first, start - 1)) if first > floor else []
        if not people or people[-1].name[1] != start - 1 or not (people[-1].post or people[-1].organisation):
            break
        start = first
    return start


_MOST_BEFORE = 8
_FROM_WHERE = re.compile(r".*[由以](?=[\u3400-\u9fff]{2})")
_INCOMPLETE = re.compile(r"(?:[\u3400-\u67cf\u67d1-\u9fff]?[\s_xX×*某〇△][、;,]?)+|\s*[\u3400-\u9fff]\s*")
"""张某、李__ or a surname alone. 某 (U+67D0) is left out of the first class: with it in both, the match is ambiguous."""


def blanks(layout: Layout) -> Iterator[tuple[str, int, int]]:
    """Roles whose names were left blank: the role (folded) and the stretch from label to the end of the blank."""
    for match, start, end in _lists(layout):
        text = layout.prose[start:end]
        if match["bare"]:
            continue
        if not re.search(r"[\u3400-\u9fffA-Za-z]", text) and (
            match["role"] or squeeze(match["member"]) in ("成员", "组员", "委员")
        ):
            yield squeeze(match["role"] or match["member"]), match.start(), end
        elif match["role"] and _INCOMPLETE.fullmatch(text):
            yield squeeze(match["role"]), match.start(), end


_LINE_END = re.compile(r"[\n。]")


def _lists(layout: Layout) -> Iterator[tuple[re.Match[str], int, int]]:
    """Each label of a list with the stretch of its value: the rest of the line, and lines below that continue it."""
    matches = list(_label().finditer(layout.prose))
    for i, match in enumerate(matches):
        limit = matches[i + 1].start() if i + 1 < len(matches) else len(layout.prose)
        start = match.end()
        end = _line_end(layout.prose, start, limit)
        # A blank rest of the line: the names may stand on the next one.
        if not layout.prose[start:end].strip() and end < limit:
            following = _line_end(layout.prose, _skip_blank(layout.prose, end, limit), limit)
            line = layout.prose[end:following]
            if len(line.strip()) <= 60 and not re.search(r"[。:;]|[一二三四五六七八九十\d][、.)]", line):
                end = following
        given = bool(layout.prose[start:end].strip())
        while given and end < limit:
            following = _line_end(layout.prose, _skip_blank(layout.prose, end, limit), limit)
            line = layout.prose[end:following].strip()
            continued = _last_character(layout.prose, start, end) == "、"
            if following <= end or not (continued or _opens_with_person(line)):
                break
            end = following
        yield match, start, end


def _opens_with_person(line: str) -> bool:
    """Whether a line without a label goes on with the list above: a name, then a post (乔三  县教育局副局长)."""
    match = re.match(
        r"(?P<name>[\u3400-\u9fff](?:\s+[\u3400-\u9fff]|[\u3400-\u9fff]{1,3}))(?:\s+|\()(?P<rest>.{2,40})$", line
    )
    return bool(match and _is_name(match["name"]) and match["rest"].rstrip(")").endswith(_posts()))


def _skip_blank(text: str, at: int, limit: int) -> int:
    while at < limit and text[at].isspace():
        at += 1
    return at


def _last_character(text: str, start: int, end: int) -> str:
    while end > start and text[end - 1].isspace():
        end -= 1
    return text[end - 1 : end] if end > start else ""


def _line_end(text: str, start: int, limit: int) -> int:
    stop = _LINE_END.search(text, start, limit)
    return stop.start() if stop else limit


def _office_before(layout: Layout, start: int, end: int) -> str:
    """The word 办公室 as the text writes it, where it stands shortly before a role; else nothing."""
    at = layout.prose.rfind("办公室", max(start, 0), end)
    return layout.text[at : at + 3] if at >= 0 else ""


def _role_name(layout: Layout, match: re.Match[str]) -> str:
    group = "role" if match["role"] else "bare"
    role = squeeze(layout.text[match.start(group) : match.end(group)])
    if squeeze(match[group]) in load("people")["office_roles"]:
        return _office_before(layout, match.start() - 40, match.start()) + role
    return role


def _leaders(layout: Layout, role: str, start: int, end: int, sentence: bool = False) -> list[Leader]:
    people = list(_people(layout, start, end))
    leaders = []
    for person in people:
        a, b = person.name
        leaders.append(
            Leader(
                role=role,
                name=squeeze(layout.text[a:b]),
                post=person.post,
                organisation=person.organisation,
                span=layout.span(a, b),
            )
        )
    return leaders


def _people(layout: Layout, start: int, end: int) -> Iterator[_Person]:
    """The people of a list: names stand apart by 、 commas or spaces; a two-character name may have a space inside."""
    folded = layout.prose[start:end]
    for a, b in split_list(folded, separators="、,;\n\t"):
        for c, d in _spaced(folded[a:b]):
            person = _person(layout, start + a + c, start + a + d)
            if person:
                yield person


def _spaced(entry: str) -> list[tuple[int, int]]:
    """Split an entry at spaces, putting 王  军 together again and leaving a post with its name (局长 张三)."""
    tokens = [m.span() for m in re.finditer(r"[^\s(]+(?:\([^()]*\))?|\([^()]*\)", entry)]
    merged: list[tuple[int, int]] = []
    i = 0
    while i < len(tokens):
        start, end = tokens[i]
        if end - start == 1 and i + 1 < len(tokens) and tokens[i + 1][1] - tokens[i + 1][0] in (1, 2):
            i += 1
            end = tokens[i][1]
        bare = re.sub(r"\([^()]*\)", "", entry[start:end])
        nxt = entry[tokens[i + 1][0] : tokens[i + 1][1]] if i + 1 < len(tokens) else ""
        if nxt and not _is_name(squeeze(bare)) and len(nxt) <= 14:
            # 县教育局局长 张三 / 县教育局 张三 局长: a post without a name belongs to the word behind it.
            following = i + 1
            last = tokens[following][1]
            if following + 1 < len(tokens) and tokens[following][1] - tokens[following][0] == 1:
                following += 1
                last = tokens[following][1]
            merged.append((start, last))
            i = following + 1
            continue
        if nxt and _is_name(bare) and nxt.endswith(_posts()) and not _is_name(nxt):
            merged.append((start, tokens[i + 1][1]))
            i += 2
            continue
        merged.append((start, end))
        i += 1
    return merged


def _is_name(folded: str) -> bool:
    bare = squeeze(folded)
    words = load("people")
    if re.fullmatch(r"[\u3400-\u9fff]{1,8}(?:·[\u3400-\u9fff]{1,8}){1,3}", bare):
        return True
    if "某" in bare or bare in words["not_names"]:
        return False
    if not re.fullmatch(r"[\u3400-\u9fff]{2,4}", bare) or bare.endswith(tuple(words["posts"])):
        return False
    if bare[:2] in words["compound_surnames"]:
        return 3 <= len(bare) <= 4
    return (
        bare[0] in words["surnames"]
        and len(bare) <= 3
        and not re.search(r"[局厅科股室校园办处镇县市省组员长部]$", bare[1:])
    )


@cache
def _posts() -> tuple[str, ...]:
    """The words for posts, the longest first."""
    return tuple(sorted(load("people")["posts"], key=len, reverse=True))


def _person(layout: Layout, start: int, end: int) -> _Person | None:
    """One entry of a list: a name, with a post or a body in front of it, behind it or in brackets."""
    folded = layout.prose[start:end]
    note = re.search(r"\((?P<note>[^()]*)\)\s*$", folded)
    post = squeeze(layout.text[start + note.start("note") : start + note.end("note")]) if note else None
    core_end = start + (note.start() if note else len(folded))
    core = layout.prose[start:core_end].rstrip()
    core_end = start + len(core)
    for suffix in _posts() if core.endswith(_posts()) else ():
        if core.endswith(suffix) and len(core) - len(suffix) >= 2:
            post = post or (
                squeeze(layout.text[core_end - len(suffix) : core_end]) if suffix not in ("同志", "老师") else None
            )
            core = core[: -len(suffix)].rstrip()
            core_end = start + len(core)
            break
    if _is_name(core):
        return _Person((start, core_end), post, None)
    first = re.match(
        r"(?P<name>[\u3400-\u9fff](?:\s+[\u3400-\u9fff]|[\u3400-\u9fff]{1,3}))\s+(?=\S)", layout.prose[start:end]
    )
    if first and _is_name(first["name"]):  # 张三  县教育局局长
        said = squeeze(layout.text[start + first.end() : end]).strip("（()）")
        return _Person((start, start + first.end("name")), said or post, None)
    for length in (3, 2, 4):
        cut = _last_characters(core, length)
        left, name = core[:cut].rstrip(), core[cut:]
        if (
            not left
            or not _is_name(name)
            or (length == 4 and squeeze(name)[:2] not in load("people")["compound_surnames"])
        ):
            continue
        before = squeeze(layout.text[start : start + len(left)])
        if left.endswith(_posts()) or (len(left) + 1 < len(core) and core[len(left)].isspace()):
            return _Person((start + cut, core_end), post or before, None)
        if re.search(r"(?:局|厅|委|部|办|室|科|股|学|校|园|中心|政府|集团|组)$", left):
            return _Person((start + cut, core_end), post, before)
    return None


def _last_characters(text: str, count: int) -> int:
    """Where the last ``count`` characters that are no white space begin."""
    i = len(text)
    while i > 0 and count > 0:
        i -= 1
        count -= not text[i].isspace()
    return i


def _from_table(layout: Layout, table: LaidTable) -> Iterator[Leader]:
    """A table with a column 姓名 beside the roles of the group, or one whose rows begin with those roles."""
    grid = table.grid()
    if not grid or not grid[0]:
        return
    for depth in range(min(2, len(grid))):
        header = [squeeze(layout.folded[c.start : c.end]) if c else "" for c in grid[depth]]
        name = next((i for i, text in enumerate(header) if text in load("people")["name_columns"]), None)
        if name is not None:
            break
    roles = set(load("people")["roles"])
    for row in grid[depth + 1 :] if name is not None else grid:
        cells = {i: squeeze(layout.folded[c.start : c.end]) for i, c in enumerate(row) if c is not None and i != name}
        role = next((i for i, text in cells.items() if text in roles), None)
        if role is None:
            continue
        held = row[role]
        people = [i for i in range(len(row)) if i != role and row[i] is not held] if name is None else [name]
        for i in people:
            cell = row[i]
            assert held is not None
            if cell is None:
                continue
            names = [p.name for p in _cell_people(layout, cell)]
            others = [
                squeeze(layout.text[c.start : c.end])
                for j, c in enumerate(row)
                if c is not None and c is not held and j != i
            ]
            post = next((text for text in others if text and not re.fullmatch(r"[\d\-]+", text)), None)
            for a, b in names:
                yield Leader(
                    role=squeeze(layout.text[held.start : held.end]),
                    name=squeeze(layout.text[a:b]),
                    post=post,
                    span=layout.span(a, b),
                )
            if names:
                break


def _cell_people(layout: Layout, cell: LaidCell) -> Iterator[_Person]:
    """The names of a cell, where it holds nothing but names."""
    folded = layout.folded[cell.start : cell.end]
    whole = squeeze(folded)
    if _is_name(whole):
        yield _Person((cell.start, cell.end), None, None)
        return
    entries = [(a + c, a + d) for a, b in split_list(folded, separators="、,;\n\t") for c, d in _spaced(folded[a:b])]
    if entries and all(_is_name(folded[a:b]) for a, b in entries):
        for a, b in entries:
            yield _Person((cell.start + a, cell.start + b), None, None)
