"""Communities in sentences: 由A（核心校）、B（成员校）组成…; A与B结为…; A托管B; 以A为牵头校，B、C为成员校.

A sentence is read as a row of school names with words in between. What makes a community are only words that say it: a
part (核心校, 总校), a relation between two stretches of names (托管, 结对帮扶), or names that together form something that is
called a community. A sentence that names schools for another reason gives nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from extractors.communities.names import Name, alternation, find_names, part_of, part_pattern, run_of
from extractors.layout import Layout, Line, squeeze
from extractors.lexicon import load
from schemas.document import Community

_MAX_SENTENCE = 1200
_SENTENCE = re.compile(r"[^。;\n]+")
_LABEL = re.compile(r"[^:\n]{0,8}?([\u3400-\u9fff]{2,8}):")


@dataclass(slots=True)
class _Run:
    """Names that stand beside each other with nothing but marks and conjunctions in between."""

    names: list[Name]
    start: int
    end: int
    after_first: str = ""
    """What divides the first name from the second (、, 与 …)."""
    broken: bool = False
    """Whether the list begins with something that is no school: 柳河镇、石桥镇小学."""


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    words = load("schools")
    modes = load("modes")
    lead = alternation(words["lead"] + words["lead_cues"])
    member = alternation(words["member"])
    nouns = alternation(words["community_ends"])
    bonds = alternation(words["bonds"])
    relation = alternation(words["relations"])
    many = r"(?:等)?(?:[两二三四五六七八九十\d]{1,2}(?:所|个|家)?)?(?:学校|校|园|幼儿园|中小学|单位)?(?:共)?"
    adverb = run_of(words["relation_adverbs"])
    return {
        "lead_stated": re.compile(rf"(?:{part_pattern().pattern})\s*(?:为|:|是)|(?:为|作为)(?:{part_pattern().pattern})\s*$"),
        "member_opens": re.compile(rf"\s*(?:{member})\s*(?:为|:|是|有|包括)"),
        "joint": re.compile(r"\s*(?:[、,]\s*(?:以及|和|与|及|同)?|以及|和|与|及|同|跟)\s*"),
        "lead_after": re.compile(rf"(?:学校)?\s*(?:(?:确定|作)?为|作|作为|担任|任|是|系|当|做)\s*"
            rf"(?:本|该|集团|共同体|教联体|教共体|校共体|校联体|第?[一二三四五\d]*组|{nouns})*的?\"?"
            rf"(?:{lead})(?![\u3400-\u9fff]*对象)"
            rf"|(?:学校)?\s*(?:负责|担纲)?(?:牵头|领衔|主导)(?![\u3400-\u9fff]{{0,4}}(?:单位|科室|部门))"),
        "lead_before": re.compile(rf"(?:{alternation(words['lead'])})\s*(?:学校)?\s*(?:为|是|:|由|设在|设于|[(]|-+)?\s*$"),
        "member_before": re.compile(rf"(?:{member})\s*(?:学校)?\s*(?:分别|具体|主要|有|为|是|:|包括|包含|由|涵盖|-+|有:|为:|包括:|分别为:|分别是)*\s*$"),
        "member_after": re.compile(rf"{many}\s*(?:,\s*)?(?:分别)?(?:确定为|作为|为|是|任|担任|作)(?:集团|共同体|教联体)?(?:的)?(?:{member})"),
        "relation": re.compile(rf"\s*(?:,\s*)?(?:学校)?(?:{adverb})*(?:{relation})"
            rf"(?:了|的是|:|到)?\s*(?:{alternation(words['generic_targets'])})?\s*(?:与|和)?\"?\s*"),
        "related": re.compile(relation),
        "by": re.compile(r"\s*(?:,\s*)?(?:分别|整体|全面|统一)?(?:委托|托管)?(?:给|由|被|委托|委托给|委托由|交由|接受|并入|划归|归|纳入|划入|加入|加盟)\s*"),
        "by_end": re.compile(rf"(?:学校)?\s*(?:负责|实行|进行|分别|全面|整体|统一|定点|对口|结对|一对一|直接|来|的)*(?:{relation}|管理|代为管理)"),
        "into": re.compile(r"\s*(?:,\s*)?(?:整体|全部|一并)?(?:并入|划归|归入|合并到|合并入|纳入|加入|加盟|划入)\s*"),
        "formed": re.compile(rf"{many}\s*(?:,\s*)?"
            rf"(?:强强|共同|联合|联手|抱团|携手|签约|合作|分别|一起|正式|签订协议,?|签署协议,?|以?[\u3400-\u9fff]{{0,4}}方式)*"
            rf"(?:{alternation(words['forming'])})(?P<object>[^。;,]{{0,40}})"),
        "formed_before": re.compile(rf"(?:组建|成立|组成|建立|形成|构建|设立|建成)(?:了|起)?\"?[^。;:,]{{0,30}}?(?:{nouns})\"?"
            rf"\s*(?:\([^()]{{0,12}}\))?\s*[,:]?\s*(?:由|成员(?:为|:)|包括|含|:)?\s*$"),
        "called_after": re.compile(rf"(?:\([^()]*\))?\"?(?:紧密型|城乡|新型)?(?:{nouns})"),
        "called": re.compile(rf"(?<=[\u3400-\u9fff]{{2}})(?:{nouns})\"?\s*(?:由|:|\(|包括|包含|含|成员(?:为|有|:|包括))\s*$"),
        "paired": re.compile(rf"{many}\s*(?:,\s*)?(?:共同|签约|正式|分别|开展|进行|实行|建立)*(?:{bonds}"
            rf"|(?:签订|签署|签定)(?:了)?[^。;,]{{0,12}}?(?:帮扶|结对|托管|共建|办学)[^。;,]{{0,6}}协议)"),
        "noun": re.compile(rf"{nouns}|对子|结对关系|帮扶关系|托管关系|共建关系|结对学校|联盟校|共同体校"),
        "each": re.compile(r"\s*(?:,\s*)?(?:学校)?分别(?:与|和|同|跟)\s*"),
        "negated": re.compile(alternation(words["undone"])),
        "mode": re.compile(alternation(modes["labels"])),
        "common_name": re.compile(f"(?:{run_of([*words['name_fillers'], *words['community_ends'], *modes['labels']])})+"),
        "to_name": re.compile(rf".*(?:{alternation([*words['forming'], *words['before_group_name']])})(?:成为|成|为|了)?\"?", re.S),
        "formed_now": re.compile(rf"(?:{alternation(words['forming'])})(?:了|成为|成|为)?\"?$"),
        "group_name": re.compile(rf"(?P<name>[\u3400-\u9fff·第一二三四五六七八九十\d]{{2,28}}?(?:{nouns}))(?=[\"。;,、\s:()由(]|以|是|的|总校|核心|牵头|$)"),
    }  # fmt: skip


def from_labels(layout: Layout, first: Line, second: Line) -> list[Community]:
    """The community of two lines, 牵头校：A and below it 成员校：B、C."""
    folded = layout.folded
    head, tail = (_LABEL.match(folded, x.start, x.end) for x in (first, second))
    if not head or not tail or part_of(head[1]) != "lead" or part_of(tail[1]) != "member":
        return []
    leads = find_names(folded, head.end(), first.end)
    members = find_names(folded, tail.end(), second.end)
    if len(leads) != 1 or folded[leads[0].close : first.end].strip(" 。;,"):
        return []
    return _keep([_make(layout, first.start, second.end, leads[0], members)])


def from_sentences(layout: Layout, line: Line) -> Iterator[Community]:
    """The communities that the sentences of one paragraph state, in order."""
    for start, end in _sentences(layout.folded, line.start, line.end):
        yield from _in_sentence(layout, start, end)


def _sentences(folded: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Sentences; 总校：A；成员校：B、C is one, although a semicolon stands in it."""
    patterns = _patterns()
    pending: tuple[int, int] | None = None
    for match in _SENTENCE.finditer(folded, start, end):
        first, last = match.span()
        if pending and patterns["member_opens"].match(folded, first, last) and folded[pending[1]] == ";":
            pending = (pending[0], last)
            continue
        if pending:
            yield pending
        # The shortest that say anything: 总校为A.
        pending = (first, last) if last - first >= 6 or patterns["lead_stated"].search(folded, first, last) else None
    if pending:
        yield pending


def _in_sentence(layout: Layout, start: int, end: int) -> list[Community]:
    folded = layout.folded
    if end - start > _MAX_SENTENCE:
        end = start + _MAX_SENTENCE
    if _patterns()["negated"].search(folded, start, end):
        return []
    names = find_names(folded, start, end)
    if not names:
        return []
    others = [name for name in names if not _names_what_is_formed(folded, start, name)]
    found = _stated(layout, start, end, others) or _stated(layout, start, end, names)
    if len(found) == 1 and found[0].name is None:  # its name may stand in another clause
        return [found[0].model_copy(update={"name": _group_name(layout, start, end)})]
    return found


def _stated(layout: Layout, start: int, end: int, names: list[Name]) -> list[Community]:
    runs = _runs(layout.folded, names)
    return (
        _by_sum(layout, start, end, names)
        or _by_notes(layout, start, end, names)
        or _by_parts(layout, start, end, runs)
        or _by_relation(layout, start, end, runs)
        or _by_forming(layout, start, end, runs)
    )


def _names_what_is_formed(folded: str, start: int, name: Name) -> bool:
    """Whether a school's name is the head of the name of what is formed: 组建某镇小学教育共同体."""
    before = folded[max(name.start - 12, start) : name.start]
    ahead = folded[name.end : name.end + 8]
    return ahead.startswith(tuple(load("schools")["community_ends"])) and bool(_patterns()["formed_now"].search(before))


def _runs(folded: str, names: list[Name]) -> list[_Run]:
    runs: list[_Run] = []
    for name in names:
        gap = folded[runs[-1].end : name.start] if runs else None
        joined = gap is not None and _patterns()["joint"].fullmatch(gap)
        if joined and not (gap is not None and "," in gap and _acts(folded, name)):
            run = runs[-1]
            if len(run.names) == 1:
                run.after_first = (gap or "").strip()
            run.names.append(name)
            run.end = name.close
        else:
            broken = folded[name.start - 1 : name.start] == "、" and not (runs and runs[-1].end >= name.start - 2)
            runs.append(_Run([name], name.start, name.close, broken=broken))
    return runs


def _acts(folded: str, name: Name) -> bool:
    """Whether a name behind a comma opens a clause of its own (…，C托管D) instead of going on with a list."""
    ahead = folded[name.close : name.close + 24]
    patterns = _patterns()
    return any(patterns[key].match(ahead) for key in ("relation", "lead_after", "into"))


def _make(layout: Layout, start: int, end: int, lead: Name | None, members: list[Name]) -> Community | None:
    text = layout.text
    plain = squeeze(text[lead.start : lead.end]) if lead else None
    others = [squeeze(text[m.start : m.end]) for m in members]
    others = [m for m in dict.fromkeys(others) if m != plain]
    if not others:
        return None
    named = [lead, *members] if lead else members
    first = min(n.start for n in named)
    return Community(
        name=_group_name(layout, start, end),
        lead=plain,
        members=others,
        span=layout.span(min(first, end), max(end, max(n.close for n in named))),
    )


def _group_name(layout: Layout, start: int, end: int) -> str | None:
    """What the community is called, where it has a name of its own (not 城乡教育共同体)."""
    patterns = _patterns()
    found = None
    for match in patterns["group_name"].finditer(layout.folded, start, end):
        cut = patterns["to_name"].match(layout.folded, match.start("name"), match.end("name"))
        first = cut.end() if cut else match.start("name")
        if match.end("name") - first < 4 or patterns["common_name"].fullmatch(layout.folded, first, match.end("name")):
            continue
        if cut or _opens(layout.folded, start, first):
            found = squeeze(layout.text[first : match.end("name")])
    return found


def _opens(folded: str, start: int, at: int) -> bool:
    before = folded[max(at - 12, start) : at].rstrip()
    return bool(
        at == start
        or not before
        or before.endswith(('"', ",", ":", ")", ".", "、"))
        or _patterns()["formed_now"].search(before)
    )


def _keep(found: list[Community | None]) -> list[Community]:
    return [one for one in found if one]


def _by_sum(layout: Layout, start: int, end: int, names: list[Name]) -> list[Community]:
    """某校教联体：A+B+C, the first of them leading."""
    folded = layout.folded
    at = next((i for i, n in enumerate(names) if folded[n.close : n.close + 1] == "+"), None)
    if at is None or not folded[start : names[at].start].rstrip().endswith(":"):
        return []
    chain = names[at:]
    if any(folded[a.close : b.start].strip() != "+" for a, b in pairwise(chain)) or len(chain) < 2:
        return []
    return _keep([_make(layout, start, end, chain[0], chain[1:])])


def _by_notes(layout: Layout, start: int, end: int, names: list[Name]) -> list[Community]:
    """由A（核心校）、B（校区）组建成为A教共体; several leads open a community each."""
    leads = [n for n in names if n.part == "lead" and n.close > n.end]
    if not leads or (names[-1] is leads[-1] and len(leads) > 1):
        return []
    if len(leads) == 1:
        rest = [n for n in names if n is not leads[0] and n.part != "lead"]
        noted = [n for n in rest if n.part == "member"]
        behind = [n for n in rest if n.start > leads[0].end]
        return _keep([_make(layout, start, end, leads[0], noted or behind or rest)])
    if names[0] is not leads[0]:
        return []
    found = []
    for lead, following in zip(leads, [*leads[1:], None], strict=True):
        stop = following.start if following else end
        members = [n for n in names if lead.end <= n.start < stop]
        found.append(_make(layout, lead.start, stop if following else end, lead, members))
    return _keep(found)


def _by_parts(layout: Layout, start: int, end: int, runs: list[_Run]) -> list[Community]:
    """以A为牵头校，B、C为成员校; A牵头，联合B、C组建; A、B、C三校组建XX教育集团，A为总校; 总校：A，成员校：B."""
    folded, patterns = layout.folded, _patterns()
    leads: list[Name] = []
    members: list[Name] = []
    others: list[Name] = []
    for i, run in enumerate(runs):
        before = folded[max(runs[i - 1].end if i else start, run.start - 24) : run.start]
        after = run.end
        stop = runs[i + 1].start if i + 1 < len(runs) else end
        if patterns["member_after"].match(folded, after, stop) or patterns["member_before"].search(before):
            members += run.names
        elif patterns["lead_after"].match(folded, after, min(stop + 1, end)):
            leads += run.names  # several leads in one breath are no one's communities
        elif patterns["lead_before"].search(before):
            leads += run.names
        else:
            others += run.names
    distinct = {squeeze(folded[n.start : n.end]) for n in leads}
    if len(distinct) != 1:
        return _one_each(layout, start, end, runs) if len(distinct) > 1 else []
    if not members:
        bound = patterns["noun"].search(folded, start, end) or any(
            patterns["related"].search(folded[a.end : b.start]) for a, b in pairwise(runs)
        )
        members = others if bound else []
    return _keep([_make(layout, start, end, leads[0], members)])


def _one_each(layout: Layout, start: int, end: int, runs: list[_Run]) -> list[Community]:
    """Several leads in one sentence: A牵头B、C，D牵头E. Each clause between commas is read by itself."""
    found: list[Community] = []
    commas = [m.start() for m in re.finditer(",", layout.folded[start:end])]
    if not commas:
        return []
    clauses: list[list[_Run]] = [[]]
    for run in runs:
        last = clauses[-1]
        if last and "," in layout.folded[last[-1].end : run.start] and len(last) >= 2:
            clauses.append([])
            last = clauses[-1]
        last.append(run)
    if len(clauses) < 2:
        return []
    for clause, following in zip(clauses, [*clauses[1:], None], strict=True):
        stop = following[0].start if following else end
        stated = _by_parts(layout, clause[0].start, stop, clause)
        if len(stated) != 1:
            return []
        found += stated
    return found


def _by_relation(layout: Layout, start: int, end: int, runs: list[_Run]) -> list[Community]:
    """A托管B、C; A、B分别帮扶C、D; B由A托管; B委托A管理."""
    folded, patterns = layout.folded, _patterns()
    found: list[Community | None] = []
    for i, (left, right) in enumerate(pairwise(runs)):
        gap = folded[left.end : right.start]
        stop = runs[i + 2].start if i + 2 < len(runs) else end
        if left.broken or right.broken:
            continue
        each = patterns["each"].fullmatch(gap)
        bound = patterns["paired"].match(folded, right.end, stop) or patterns["formed"].match(folded, right.end, end)
        if patterns["relation"].fullmatch(gap) or (each and bound):
            if len(left.names) == 1:
                found.append(
                    _make(layout, left.start, _clause_end(folded, right.end, stop), left.names[0], right.names)
                )
            elif "分别" in gap and len(left.names) == len(right.names):
                found += [
                    _make(layout, left.start, right.end, a, [b]) for a, b in zip(left.names, right.names, strict=True)
                ]
        elif len(right.names) == 1 and (
            patterns["into"].fullmatch(gap)
            or (patterns["by"].fullmatch(gap) and _passive(folded, right.end, stop, i + 2 < len(runs)))
        ):
            found.append(_make(layout, left.start, _clause_end(folded, right.end, stop), right.names[0], left.names))
    return _keep(found)


def _passive(folded: str, at: int, stop: int, more: bool) -> bool:
    """Whether …由A托管 speaks of what stands before it, not of a school right behind (由A托管B)."""
    match = _patterns()["by_end"].match(folded, at, stop)
    return bool(match and not (more and match.end() == stop))


def _clause_end(folded: str, at: int, stop: int) -> int:
    comma = folded.find(",", at, stop)
    return comma if comma >= 0 else stop


def _by_forming(layout: Layout, start: int, end: int, runs: list[_Run]) -> list[Community]:
    """A与B、C结为城乡教育共同体; A和B结对; A、B、C组建A教育集团; 组建A教育集团，由A、B、C组成."""
    folded, patterns = layout.folded, _patterns()
    found: list[Community | None] = []
    for i, run in enumerate(runs):
        names = run.names
        at = run.end
        stop = runs[i + 1].start if i + 1 < len(runs) else end
        formed = patterns["formed"].match(folded, at, end)
        paired = patterns["paired"].match(folded, at, stop)
        ahead = folded[max(start, run.start - 60) : run.start]
        announced = patterns["formed_before"].search(ahead) or patterns["called"].search(ahead)
        joints = [folded[a.close : b.start] for a, b in pairwise(names)]
        if sum(bool(re.search("[与同跟]", joint)) for joint in joints) > 1:
            continue  # A与B，C与D分别结对: pairs, no one group
        if i and patterns["each"].fullmatch(folded[runs[i - 1].end : run.start]):
            continue  # A、B分别与C、D结对 has been read as pairs, or not understood
        if formed and not (patterns["noun"].search(formed["object"]) or announced):
            formed = None
        if not (formed or paired or announced) or len(names) < 2 or run.broken:
            continue
        lead = _lead_of(layout, start, end, run, bool(paired or formed))
        if lead is None and not (formed or announced):
            continue
        members = [n for n in names if n is not lead]
        found.append(_make(layout, start if announced else run.start, _clause_end(folded, at, stop), lead, members))
    return _keep(found)


def _lead_of(layout: Layout, start: int, end: int, run: _Run, said: bool) -> Name | None:
    """The lead among names that form a community: the one before 与, the one the community is called after, else none."""
    folded, called = layout.folded, _patterns()["called_after"]
    for name in run.names:
        plain = folded[name.start : name.end]
        at = folded.find(plain, start, end)
        while at >= 0:
            if called.match(folded, at + len(plain), end) and (at != name.start or len(run.names) == 1):
                return name
            at = folded.find(plain, at + 1, end)
    if said and (len(run.names) == 2 or run.after_first in ("与", "和", "同", "跟")):
        return run.names[0]
    return None
