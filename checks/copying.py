"""A statement that the plan only repeats after the notice is no statement of the plan's own.

A requirement of the form ``statement`` that is met becomes ``partial`` (照抄通知原文) where

1. every place where one of its elements is said lies in a passage that repeats the notice (``extractors.reuse``): nine of
   ten of its running characters stand there too; and
2. the sentence around each such place holds nothing local that the notice's passage has not: no place, school, person,
   figure or date, and no department (lexicon ``formulas``).

One place in own words, or with one local fact, is enough for ``met``: the words for what is required are few, and whoever
says who does it here, and by when, has made them his own. Where part of the plan was not read, the local facts may stand
there, and the engine says ``undetermined``.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache, cached_property

from checks.forms.statement import applicable
from checks.judgement import Judgement, quoted
from checks.matching import find_phrase
from checks.plan import Plan
from extractors.fold import fold
from extractors.lexicon import load
from extractors.reuse import Fingerprints, Passage, compare
from extractors.running_text import clause_of
from schemas.document import Document, Span
from schemas.requirement import Requirement, StatementRequirement

_ENOUGH = 0.9
"""The part of a statement's running characters that must stand in the notice."""


class Notices:
    """The notices a plan answers, and what it repeats of them; nothing is compared before it is needed."""

    def __init__(self, plan: Plan, notices: Sequence[Document]) -> None:
        self._plan = plan
        self._notices = [notice for notice in notices if notice.id != plan.document.id]

    def __bool__(self) -> bool:
        return bool(self._notices)

    def weigh(self, requirement: Requirement, judgement: Judgement) -> None:
        """Make a ``met`` of mere repetition ``partial``, with the notice's own passage beside it."""
        if judgement.verdict != "met" or not isinstance(requirement, StatementRequirement) or not self._notices:
            return
        sources: list[tuple[Passage, Document]] = []
        for span in self._said(requirement):
            if not self._is_text(span):
                continue
            source = self._repeated(span)
            if source is None or self._local(span, *source):
                return
            sources.append(source)
        if not sources:
            return
        passage, notice = sources[0]
        clause = clause_of(notice.sections, passage.other.start)
        judgement.verdict = "partial"
        judgement.observed = f"照抄通知原文：{judgement.observed or ''}"
        judgement.missing = True
        judgement.how += (
            f"但这些文字照抄《{notice.title or notice.source.uri}》{clause}"
            f"：{quoted(notice.quote(passage.other))}，"
            "所在句没有本地的学校、地名、人员、数字、日期或责任部门，未见本县自己的安排。"
        )

    def _said(self, requirement: StatementRequirement) -> Iterator[Span]:
        """Every place where one of the elements is said."""
        for element in applicable(self._plan, requirement.parameters.elements):
            for phrase in element.any:
                for match in find_phrase(self._plan, phrase):
                    if match.polarity == "said":
                        yield self._plan.span(match.start, match.end)

    @cached_property
    def _fingerprints(self) -> Fingerprints:
        return Fingerprints.of(self._plan.document)

    @cached_property
    def _passages(self) -> list[tuple[Passage, Document]]:
        return [
            (passage, notice)
            for notice in self._notices
            for passage in compare(self._fingerprints, Fingerprints.of(notice)).passages
        ]

    def _is_text(self, span: Span) -> bool:
        """Whether there is running text at a span: a heading (考核捆绑) states nothing of its own, copied or not."""
        starts = self._fingerprints.running.starts
        return bisect_left(starts, span.start) < bisect_left(starts, span.end)

    def _repeated(self, span: Span) -> tuple[Passage, Document] | None:
        """The passage that holds nearly all of the running text at a span, with the notice it repeats."""
        running = self._fingerprints.running
        first, last = bisect_left(running.starts, span.start), bisect_left(running.starts, span.end)
        best, most = None, 0
        for passage, notice in self._passages:
            if passage.span.start < span.end and span.start < passage.span.end:
                common = bisect_left(passage.copied, last) - bisect_left(passage.copied, first)
                if common > most:
                    best, most = (passage, notice), common
        return best if most >= _ENOUGH * (last - first) else None

    def _local(self, span: Span, passage: Passage, notice: Document) -> bool:
        """Whether the sentence around a span says something local that the notice's passage does not."""
        plan = self._plan
        sentence = plan.sentence_at(plan.stretch(span).start)
        around = plan.span(sentence.start, sentence.end)
        running = self._fingerprints.running
        theirs = "".join(fold(notice.text)[passage.other.start : passage.other.end].split())
        facts = [fact.text for fact in running.facts_in(around.start, around.end)]
        facts += [match.group() for match in _department().finditer(plan.flat, sentence.start, sentence.end)]
        facts += [
            "".join(name.split())
            for task in plan.document.tasks
            if task.span.start < around.end and around.start < task.span.end
            for name in (*task.responsible, task.due_text or "")
            if name
        ]
        return any(fact not in theirs for fact in facts)


@cache
def _department() -> re.Pattern[str]:
    words = load("formulas")
    endings = "|".join(sorted(words["departments"], key=len, reverse=True))
    others = "|".join(words["not_departments"])
    return re.compile(rf"(?!.{{0,3}}(?:{others}))[\u4e00-\u9fff]{{2,4}}(?:{endings})")
