"""Complete plans with one passage taken out or one figure lowered at a time: how many are seen, and how many others stand.

``python tests/formats/changed_plans.py [--formats]`` prints the figures, with ``--formats`` for every rendering as well.

1. The complete plans are our own samples: every requirement of their pack is met.
2. *Taken out* are the sentences (cells, list lines) that the finding itself names as its evidence. A plan may say a thing
   up to three times (in its aims, in its measures, in its table), so what the finding then rests on is taken out as well, up
   to three times; how many fall at the first time is told beside it.
3. *Lowered* is every figure in the evidence of a requirement with a single measure, by as little as counts. A plan that says it
   in words (全部) has no figure to lower.
4. *Sensitivity* is the share of these changes by which the requirement is no longer met.
5. *Specificity* is the share of verdicts that stay met, over all requirements that share no sentence with what was changed, and
   over all requirements when an unrelated paragraph is put in. Left out are ``SUMMARIES``: what speaks of all tasks or all
   communities changes with any of them.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from renderings import NAME, documents, font, ofd, office, page, pdf, read_recipe, recipe, text, traditional

from checks.engine import check
from checks.pack import load
from schemas.document import Document
from schemas.finding import Finding
from schemas.requirement import Measure, ThresholdRequirement

TODAY = date(2025, 10, 1)
COMPLETE = {"henan-qinglan": "henan-2025", "zhejiang-yunting": "zhejiang-2021", "zhejiang-zhangwu": "zhejiang-2021"}
ROUNDS = 3
BAR = 0.95
"""What sensitivity and specificity must reach."""
SUMMARIES = {"Z09", "Z14", "R02", "Z01", "Z02", "Z03"}
IN_WORDS = {("henan-qinglan", "R08")}
UNRELATED = "全县各学校要做好秋冬季防火、防汛和食堂食品安全管理，按时开展消防演练，保障师生安全。"
_END = re.compile(r"[。；\n]")

Render = Callable[[recipe.Recipe], bytes]
TEXT = "simplified text"
RENDERINGS: dict[str, tuple[str, Render]] = {
    TEXT: ("txt", text),
    "traditional text": ("txt", lambda item: text(traditional(item))),
    "DOCX": ("docx", lambda item: office.word(item, automatic=True)),
    "PDF": ("pdf", lambda item: pdf.pdf(item, font())),
    "OFD": ("ofd", lambda item: ofd.ofd(item, None)),
    "HTML in GBK": ("html", lambda item: page(item, "gbk")),
    "traditional page in Big5": ("html", lambda item: page(traditional(item), "big5")),
}
SCRIPTS = (TEXT, "traditional text")


@dataclass(frozen=True)
class Judged:
    """A plan and the findings on it, by requirement."""

    document: Document
    findings: dict[str, Finding]

    def verdicts(self) -> dict[str, str]:
        return {name: finding.verdict for name, finding in self.findings.items()}


def judge(document: Document, pack: str) -> Judged:
    findings = check(document, load(pack), today=TODAY).findings
    return Judged(document, {finding.requirement: finding for finding in findings})


def judge_recipe(item: recipe.Recipe, pack: str, rendering: str = TEXT) -> Judged:
    extension, render = RENDERINGS[rendering]
    return _judge_file(render(item), extension, pack)


@cache
def _judge_file(data: bytes, extension: str, pack: str) -> Judged:
    """The same changed plan is asked for by several measurements."""
    (document,) = documents(data, f"{NAME}.{extension}")
    return judge(document, pack)


@cache
def complete(name: str) -> tuple[recipe.Recipe, Judged]:
    item = read_recipe(name)
    return item, judge_recipe(item, COMPLETE[name])


def sentence(whole: str, start: int, end: int) -> str:
    """The sentence, or the cell, around a span."""
    first = max(whole.rfind(mark, 0, start) for mark in "。；\n\t") + 1
    match = _END.search(whole, max(end - 1, start))
    last = match.end() if match and match[0] != "\n" else (match.start() if match else len(whole))
    return whole[first:last].strip()


def evidence(judged: Judged, requirement: str) -> list[str]:
    """The sentences that support a finding."""
    spans = [e.span for e in judged.findings[requirement].evidence if e.role == "supports"]
    found: list[str] = []
    for span in spans:
        stretch = judged.document.text[span.start : span.end]
        # Evidence over several lines is a list or a section: all its lines.
        if "\n" in stretch or "\t" in stretch:
            found += [piece.strip() for piece in re.split(r"[\n\t]", stretch)]
        else:
            found.append(sentence(judged.document.text, span.start, span.end))
    return [piece for piece in dict.fromkeys(found) if piece]


def without(item: recipe.Recipe, pieces: list[str]) -> recipe.Recipe:
    """The recipe without these words; a table that holds one of them as a cell goes whole."""
    blocks = []
    for block in item.blocks:
        if block.rows and any(cell and cell in pieces for row in block.rows for cell in row):
            continue
        changed = block.text
        for piece in sorted(pieces, key=len, reverse=True):
            changed = changed.replace(piece, "")
        if changed == block.text:
            blocks.append(block)
        elif changed.strip():
            head = block.heading if block.heading and block.heading in changed else None
            blocks.append(replace(block, text=changed, heading=head, kind=block.kind if head else "paragraph"))
    return replace(item, blocks=blocks)


# -- taken out


@dataclass(frozen=True)
class Removal:
    """A plan after the first time its evidence was taken out, and after the last; ``rounds`` counts the times."""

    first: recipe.Recipe
    last: recipe.Recipe
    judged: Judged
    rounds: int


@cache
def removal(name: str, requirement: str) -> Removal:
    """Point 2 of the module."""
    item, judged = complete(name)
    taken: list[str] = []
    made: list[recipe.Recipe] = []
    while len(made) < ROUNDS and judged.findings[requirement].verdict == "met":
        taken += evidence(judged, requirement)
        item = without(item, taken)
        made.append(item)
        judged = judge_recipe(item, COMPLETE[name])
    return Removal(made[0], made[-1], judged, len(made))


def untouched(name: str, requirement: str) -> list[str]:
    """The requirements that share no sentence with the evidence of this one."""
    _, judged = complete(name)
    taken = evidence(judged, requirement)
    shared = {
        other
        for other in judged.findings
        if any(a in b or b in a for a in taken for b in evidence(judged, other)) or not evidence(judged, other)
    }
    return sorted(set(judged.findings) - shared - {requirement} - SUMMARIES)


# -- lowered


def measures(name: str) -> Iterator[tuple[str, Measure]]:
    for requirement in load(COMPLETE[name]).requirements:
        if isinstance(requirement, ThresholdRequirement) and len(requirement.parameters.any) == 1:
            yield requirement.id, requirement.parameters.any[0]


def lowered(quoted: str, measure: Measure) -> str:
    """The sentence with the figures that reach the value brought below it, by as little as counts."""

    def lower(match: re.Match[str]) -> str:
        value = float(match[1])
        if not measure.value <= value <= 10 * measure.value:
            return match[0]
        below = measure.value - (1 if measure.value < 20 else 5)
        return f"{below:g}{match[2]}"

    units = "|".join(re.escape(unit) for unit in measure.units)
    return re.sub(rf"(\d+(?:\.\d+)?)({units})", lower, quoted)


@dataclass(frozen=True)
class Lowering:
    """A plan with its figures lowered; ``changes`` are the sentences before and after."""

    item: recipe.Recipe
    changes: dict[str, str]
    others: list[str]
    """The requirements that share no changed sentence."""


@cache
def lowering(name: str, requirement: str) -> Lowering:
    """Point 3 of the module."""
    item, judged = complete(name)
    measure = dict(measures(name))[requirement]
    changes = {piece: lowered(piece, measure) for piece in evidence(judged, requirement)}
    changes = {old: new for old, new in changes.items() if old != new}
    blocks = []
    for block in item.blocks:
        changed = block.text
        for old, new in changes.items():
            changed = changed.replace(old, new)
        blocks.append(replace(block, text=changed))
    shared = {other for other in judged.findings if set(evidence(judged, other)) & set(changes)}
    others = sorted(set(judged.findings) - shared - {requirement} - SUMMARIES)
    return Lowering(replace(item, blocks=blocks), changes, others)


def unrelated(name: str) -> Iterator[recipe.Recipe]:
    """The plan with a paragraph about something else, at two places."""
    item, _ = complete(name)
    for place in (len(item.blocks) // 3, 2 * len(item.blocks) // 3):
        yield replace(item, blocks=[*item.blocks[:place], recipe.Block("paragraph", UNRELATED), *item.blocks[place:]])


CASES = [(name, requirement.id) for name, pack in COMPLETE.items() for requirement in load(pack).requirements]
FIGURES = [(name, r) for name in COMPLETE for r, _ in measures(name) if (name, r) not in IN_WORDS]


# -- the figures


@dataclass
class Figures:
    """Counts over plans: changes made and seen, verdicts that should stay met and did."""

    removals: int = 0
    removals_seen: int = 0
    at_once: int = 0
    lowerings: int = 0
    lowerings_seen: int = 0
    others: int = 0
    kept: int = 0

    @property
    def sensitivity(self) -> float:
        return (self.removals_seen + self.lowerings_seen) / (self.removals + self.lowerings)

    @property
    def specificity(self) -> float:
        return self.kept / self.others

    def __str__(self) -> str:
        return (
            f"sensitivity {self.sensitivity:.3f} (removed {self.removals_seen}/{self.removals}, "
            f"{self.at_once} at the first time; lowered {self.lowerings_seen}/{self.lowerings}), "
            f"specificity {self.specificity:.3f} ({self.kept}/{self.others} verdicts kept)"
        )


def measure(pack: str, rendering: str = TEXT) -> Figures:
    """The figures over all complete plans of a pack, in one rendering."""
    figures = Figures()

    def keep(verdicts: dict[str, str], others: list[str]) -> None:
        figures.others += len(others)
        figures.kept += sum(verdicts[other] == "met" for other in others)

    for name in (name for name, own in COMPLETE.items() if own == pack):
        for requirement in complete(name)[1].findings:
            change = removal(name, requirement)
            first = judge_recipe(change.first, pack, rendering).verdicts()
            same = change.rounds == 1
            last = first if same else judge_recipe(change.last, pack, rendering).verdicts()
            figures.removals += 1
            figures.removals_seen += last[requirement] != "met"
            figures.at_once += first[requirement] != "met"
            keep(first, untouched(name, requirement))
        for requirement in (r for own, r in FIGURES if own == name):
            low = lowering(name, requirement)
            verdicts = judge_recipe(low.item, pack, rendering).verdicts()
            figures.lowerings += 1
            figures.lowerings_seen += bool(low.changes) and verdicts[requirement] in ("not_met", "partial", "not_found")
            keep(verdicts, low.others)
        for item in unrelated(name):
            verdicts = judge_recipe(item, pack, rendering).verdicts()
            keep(verdicts, sorted(verdicts))
    return figures


def main() -> None:
    """Print the figures of each pack; exit status 1 where a share is below 0.95."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--formats", action="store_true", help="in every rendering, not only as text in both scripts")
    arguments = parser.parse_args()
    low = False
    for pack in dict.fromkeys(COMPLETE.values()):
        for rendering in RENDERINGS if arguments.formats else SCRIPTS:
            figures = measure(pack, rendering)
            low = low or min(figures.sensitivity, figures.specificity) < BAR
            print(f"{pack:14} {rendering:26} {figures}", flush=True)
    raise SystemExit(1 if low else 0)


if __name__ == "__main__":
    main()
