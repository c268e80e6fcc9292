"""The passages of a pack under the verdicts that they must get, run through the real extractors and the real engine.

1. A passage is read as a UTF-8 plain text file of its own. The pack's scope is not asked: a passage has no province.
2. The requirement is judged alone; a passage that gives no document, or several, fails.
3. A verdict counts when it is the one asked for; ``not_met`` is not fulfilled by ``not_found``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date

from schemas.document import Document, Model
from schemas.finding import Finding, Verdict
from schemas.outcome import SourceFile
from schemas.requirement import Pack, Requirement

_DAY = date(2000, 1, 1)
"""Verdicts do not depend on the day; a fixed one keeps runs equal."""


class ExampleResult(Model):
    """One passage and what became of it.

    ``example`` is its place from 1 under ``expected``; ``got`` is None where the passage gave no single document;
    ``why`` says how the verdict came about.
    """

    requirement: str
    expected: Verdict
    example: int
    passage: str
    got: Verdict | None
    why: str

    @property
    def passed(self) -> bool:
        """Whether the verdict is the one that the pack asks for."""
        return self.got == self.expected


def run(pack: Pack) -> Iterator[ExampleResult]:
    """Every passage of every requirement, in the order of the pack."""
    for requirement in pack.requirements:
        for expected, place, passage in requirement.examples.each():
            got, why = _tried(pack, requirement, passage)
            yield ExampleResult(
                requirement=requirement.id, expected=expected, example=place + 1, passage=passage, got=got, why=why
            )


def judge_passage(pack: Pack, requirement: Requirement, document: Document) -> Finding:
    """The finding of one requirement on a document, whatever the pack's scope."""
    from checks.engine import check

    alone = pack.model_copy(update={"requirements": [requirement]})
    return check(document, alone, ignore_scope=True, today=_DAY).findings[0]


def read_passage(passage: str) -> list[Document]:
    """The documents that a passage reads as; an example must be one."""
    from extractors.parse import parse

    data = passage.encode("utf-8", "replace")
    # The name must tell nothing: what a file is called is read for its number and date.
    return parse(SourceFile(uri=f"{hashlib.sha256(data).hexdigest()[:8]}.txt", data=data)).documents


def _tried(pack: Pack, requirement: Requirement, passage: str) -> tuple[Verdict | None, str]:
    documents = read_passage(passage)
    if len(documents) != 1:
        return None, f"读出{len(documents)}份文件，示例应是一份 / the passage reads as {len(documents)} documents"
    finding = judge_passage(pack, requirement, documents[0])
    return finding.verdict, finding.explanation[3]
