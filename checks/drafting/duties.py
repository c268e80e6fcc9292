"""Obligations in the clauses of a notice, by their wording and by structure.

A clause is a duty when somebody below the issuer is told something that can be checked:

1. a word of demand stands in it (必须, 应当, 须, 要, 原则上, 鼓励 ...) before a verb that is more than an exhortation;
2. a number with a bound, or a day, is asked for;
3. something is to be made or shown (建立…台账, 成立…小组, 签订协议, 列明…), with or without a word of demand;
4. something is to be handed in, or somebody is named who does it (由…负责组建).

The word of demand governs the rest of its statement (应建立…，明确…，公布…); bare imperatives are 应当. Background, purpose,
the issuer's own steps and announcements are no duties. A clause that only says what the thing before it must show
(明确…, 注明…) is a detail of that duty.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from checks.drafting.lexicon import beginning, one_of, pattern, severity_of, severity_pattern, words
from checks.drafting.source import Clause, Sentence
from extractors.fold import fold
from schemas.finding import Severity

Measured = Callable[[int, int], bool]
Kind = Literal["quantity", "part", "product", "submit", "modal", "whom"]
_INTRODUCES = re.compile(r"(?:事项|要求|工作):$|(?:下列|以下|下述)[^,。;]{0,12}:$")
_NAMED_PERSON = re.compile(r"(?<!\d)\d{1,6}名|[一二两]名|专人")
_ADVERBIAL = re.compile(r"分别|于|按|每|在|及时|一并|同时|\d|报|上报|提交")
_NO_NAME = re.compile(r"要求|[对向为给把将到在可应须%\d]")
_ACTOR = r"[^,。;:、的]{{0,24}}?(?:{0})"
_WRITES = r"(?:逐[校项条]|分别|并)?(?:{0})"
_LEAD = re.compile(r"^(?:并且?|同时|同步|届时|其中|另|此外|且|对|由|\([^()]*\)|\d+[.、]|[①-⑳])+")


@dataclass(slots=True)
class Duty:
    """One obligation: where it is said, how strongly, to whom, and the clauses that detail it."""

    kind: Kind
    sentence: Sentence
    clauses: list[Clause]
    severity: Severity
    actor: str | None = None
    details: list[Clause] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    container: str | None = None

    @property
    def start(self) -> int:
        """Where it begins, in ``Plan.flat``."""
        return min(clause.start for clause in self.clauses)

    @property
    def end(self) -> int:
        """Where it ends, details included."""
        return max(clause.end for clause in (*self.clauses, *self.details))

    @property
    def text(self) -> str:
        """The folded words of the duty."""
        return ",".join(clause.text for clause in (*self.clauses, *self.details))


@dataclass(slots=True)
class _Governing:
    """What earlier clauses of the statement have set."""

    severity: Severity | None = None
    actor: str | None = None
    own: bool = False
    background: bool = False
    duty: Duty | None = None


def find_duties(found: Sequence[Sentence], own: re.Pattern[str], measured: Measured) -> list[Duty]:
    """The duties in the sentences.

    Args:
        found: the sentences, in reading order.
        own: what the issuer calls itself and those beside it, by which its own steps are told.
        measured: whether a quantity that binds touches a stretch of ``Plan.flat``.
    """
    duties: list[Duty] = []
    governing = _Governing()
    statement = -1
    for sentence in found:
        if sentence.statement != statement:
            statement, governing = sentence.statement, _Governing()
        if pattern("openings").search(sentence.text) or _INTRODUCES.search(sentence.text):
            continue
        governing.duty = None
        for clause in sentence.clauses:
            duty = _read(clause, sentence, governing, own, measured)
            if duty:
                duties.append(duty)
                governing.duty = duty
    return duties


def own_names(issuers: Sequence[str], level: str | None) -> re.Pattern[str]:
    """What the issuer calls itself (我局) and those beside it (市财政), with its own names long and short.

    The level is that of the document; where it is unknown, that of the issuer's name.
    """
    known: list[str] = []
    for issuer in map(fold, issuers):
        known.append(issuer)
        for rank, sign in (("province", "省"), ("city", "市"), ("county", "县"), ("county", "区")):
            if sign in issuer[:-2]:
                known.append(issuer[issuer.rindex(sign) :])
                level = level or rank
                break
    return re.compile(one_of([*words()["own"]["any"], *words()["own"].get(level or "", ()), *known]))


def _read(
    clause: Clause, sentence: Sentence, governing: _Governing, own: re.Pattern[str], measured: Measured
) -> Duty | None:
    text = clause.text
    bare = _LEAD.sub("", text)
    _actors(bare, governing, own)
    own_words = severity_of(text)
    if own_words == "advice" and pattern("exempts").search(text):
        return None
    if governing.own or (pattern("announcements").search(text) and own_words in (None, "advice")):
        return None
    if own_words is None and (governing.background or pattern("background").search(text)):
        governing.background = True
        return None
    governing.background = False
    kind = _kind(clause, bare, own_words, governing, measured)
    if own_words:
        governing.severity = own_words
    before = governing.duty
    if own_words is None and before and before.kind == "product" and pattern("of_group").match(text):
        before.details.append(clause)
        return None
    if kind is None:
        return None
    severity = own_words or governing.severity or "major"
    if before and (
        _is_detail(kind, bare, own_words)
        or _speaks_of(before, bare)
        or _hands_in(kind, before, bare)
        or _has_no_object(kind, before, bare)
    ):
        before.details.append(clause)
        return None
    if before and severity == "advice" and before.severity == "advice" and own_words in (None, "advice"):
        before.details.append(clause)
        return None
    return Duty(kind, sentence, [clause], severity, governing.actor)


def _has_no_object(kind: Kind, before: Duty, bare: str) -> bool:
    """Whether the clause is an act on what was just asked for (…提出方案，联合公布)."""
    return kind == "product" and len(bare) <= 6 and before.kind in ("product", "whom") and not _makes(bare)


def _is_detail(kind: Kind, bare: str, own_words: Severity | None) -> bool:
    """Whether the clause only says what the thing before it must show (明确…, 注明…)."""
    if kind not in ("part", "modal") or own_words is not None or _NAMED_PERSON.search(bare):
        return False
    return bool(beginning(_WRITES, "write").match(bare))


def _speaks_of(before: Duty, bare: str) -> bool:
    """Whether the clause says what the thing that was just asked for must show (清单要列明…)."""
    thing = beginning(r"[^,。;]{{0,6}}?({0})", "products").match(bare)
    return bool(thing and thing[1] in before.text and pattern("write").search(bare[thing.end() :]))


def _hands_in(kind: Kind, before: Duty, bare: str) -> bool:
    """Whether the clause only says that what was just asked for is handed in (形成报告，分别于…前报…)."""
    if (
        kind != "submit"
        or before.kind != "product"
        or not _ADVERBIAL.match(bare)
        or not pattern("handed").search(before.text)
    ):
        return False
    return not pattern("products").search(bare)


def _actors(bare: str, governing: _Governing, own: re.Pattern[str]) -> None:
    if issuer := own.match(bare):
        governing.own = not pattern("speaking").match(bare[issuer.end() :])
        return
    name = beginning(_ACTOR, "actor_ends").match(bare)
    if not name or _NO_NAME.search(name[0]):
        return
    rest = bare[name.end() :]
    if re.match(r"的|与|和|、|内", rest):
        return
    governing.own = False
    for kinds in words()["actors"]:
        if any(term in name[0] for term in kinds[1:]):
            governing.actor = kinds[0]
            return


def _kind(
    clause: Clause, bare: str, own_words: Severity | None, governing: _Governing, measured: Measured
) -> Kind | None:
    text = clause.text
    if measured(clause.start, clause.end):
        return "quantity"
    if pattern("submit").search(text) and not text.startswith(("对", "凡")):
        return "submit"
    if own_words is None and (exhorts := beginning(r"(?:{0})+", "exhortations").match(bare)):
        return "product" if _makes(bare[exhorts.end() :], at_once=True) else None
    if _makes(text) or (_NAMED_PERSON.search(bare) and pattern("write").match(bare)):
        return "product"
    timed = pattern("within").search(text) or pattern("basis").search(text)
    if own_words is None and pattern("prepositions").match(bare) and not timed:
        return None
    if pattern("alone").search(bare) and not re.match(r"(?:对|未|凡)", bare):
        return "product"
    if timed:
        return "modal"
    if beginning(_WRITES, "write").match(bare):
        return "part"
    if pattern("by_whom").search(text):
        return "whom"
    if own_words is None:
        return None
    if own_words in ("advice", "critical"):
        return "modal"
    after = _after_demand(text, own_words)
    actor = beginning(_ACTOR, "actor_ends").match(after)
    if pattern("vague_after_modal").match(after[actor.end() :] if actor else after):
        return None
    return "modal" if len(after) >= 3 or own_words == "minor" else None


def _after_demand(text: str, severity: Severity) -> str:
    match = severity_pattern(severity).search(text)
    return text[match.end() :] if match else text


def _makes(text: str, at_once: bool = False) -> bool:
    """Whether the clause asks for something to be made: a verb of making (``at_once``), then a thing to be shown."""
    for match in pattern("make").finditer(text):
        if at_once and match.start():
            return False
        product = pattern("products").search(text[match.end() : match.end() + 40])
        if product:
            return True
    return False
