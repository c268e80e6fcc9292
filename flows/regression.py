"""Overrides of a corpus folded into the examples of their pack: what a person found the machine wrong about stays asked for.

1. The passage is as short as it may be: the excerpt the person gave, else the paragraphs of the evidence, else the plan's whole
   text; the first of them on which the machine still gives the verdict that the person contradicted.
2. Where the machine has been put right since, the first on which it gives the person's verdict: so it stays right. Where a passage
   gives neither, the whole text, which is what the person judged.
3. An override that does not speak about the pack as it is now (requirement gone or worded otherwise, plan no longer there) is left
   out, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checks.pack_examples import judge_passage, read_passage
from corpus.cases import cases
from schemas.document import Document, Model
from schemas.finding import Finding, Verdict
from schemas.requirement import Pack, Requirement
from schemas.standing import asked

if TYPE_CHECKING:
    from corpus.corpus import Corpus


class Folded(Model):
    """One override and what became of it: ``passage`` under ``verdict``, or ``left_out`` why not. ``got``: what the machine
    gives on the passage now."""

    decision: str
    requirement: str
    verdict: Verdict
    passage: str = ""
    got: Verdict | None = None
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class _Tried:
    passage: str
    finding: Finding


def fold_in(corpus: Corpus, pack: Pack) -> tuple[Pack, list[Folded]]:
    """The pack with the overrides of the corpus among its examples, and each override with what became of it.

    Args:
        corpus: where people decided.
        pack: the pack as it is now; overrides of a pack of its id are taken.
    """
    requirements = {requirement.id: requirement for requirement in pack.requirements}
    folded: list[Folded] = []
    for case in cases(corpus.decisions(), pack.id):
        requirement = requirements.get(case["requirement"])
        document = corpus.document(case["document"])
        if requirement is None:
            folded.append(_left_out(case, "要求包中已没有这条要求 / the pack has no such requirement"))
        elif document is None:
            folded.append(_left_out(case, "语料库中没有这份方案 / the plan is not in the corpus"))
        else:
            one = _folded(case, pack, requirement, document)
            folded.append(one)
            if not one.left_out:
                requirements[requirement.id] = _with_example(requirement, one)
    changed = pack.model_copy(update={"requirements": [requirements[old.id] for old in pack.requirements]})
    return changed, folded


def _folded(case: dict[str, Any], pack: Pack, requirement: Requirement, document: Document) -> Folded:
    tried: list[_Tried] = []
    for passage in _passages(case, document):
        read = read_passage(passage)
        if len(read) != 1:
            continue
        tried.append(_Tried(passage, judge_passage(pack, requirement, read[0])))
        if tried[-1].finding.verdict == case["machine_verdict"]:
            break
    if not tried:
        return _left_out(case, "全文不能作为一份文件读回 / the text does not read as one document")
    if asked(tried[0].finding) != case["asked"]:
        return _left_out(case, "要求的措辞已变，须重新认定 / the requirement is worded otherwise now, decide again")
    chosen = next(
        (
            one
            for verdict in (case["machine_verdict"], case["verdict"])
            for one in tried
            if one.finding.verdict == verdict
        ),
        tried[-1],
    )
    for verdict, _, passage in requirement.examples.each():
        if passage == chosen.passage:
            where = f"该段已是“{verdict}”的示例 / the passage is an example of {verdict} already"
            return _left_out(case, where)
    return Folded(
        decision=case["decision"],
        requirement=requirement.id,
        verdict=case["verdict"],
        passage=chosen.passage,
        got=chosen.finding.verdict,
    )


def _passages(case: dict[str, Any], document: Document) -> Iterator[str]:
    """What the override rests on, shortest first, as an example is kept: without white space at its ends."""
    text = document.text
    given = [case["text"]]
    starts = [text.find(quote) for quote in case["text"].split("\n") if quote]
    lines = dict.fromkeys(
        text[text.rfind("\n", 0, start) + 1 : (text.find("\n", start) + 1 or len(text) + 1) - 1]
        for start in starts
        if start >= 0
    )
    given += ["\n".join(lines), text]
    yield from dict.fromkeys(passage.strip() for passage in given if passage.strip())


def _with_example(requirement: Requirement, one: Folded) -> Requirement:
    there = getattr(requirement.examples, one.verdict)
    examples = requirement.examples.model_copy(update={one.verdict: [*there, one.passage]})
    return requirement.model_copy(update={"examples": examples})


def _left_out(case: dict[str, Any], why: str) -> Folded:
    return Folded(decision=case["decision"], requirement=case["requirement"], verdict=case["verdict"], left_out=why)
