"""Every sample comes out as its expectations say: documents, verdicts, and what is recorded as not read.

The expectations in ``samples/expected`` are written beside the samples by hand, not made from the program's output.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from checks.engine import check
from checks.pack import load
from extractors.bundles import group
from extractors.fold import fold
from extractors.parse import parse
from schemas.document import Document, Section
from schemas.outcome import Outcome, SourceFile

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
EXPECTED = sorted((SAMPLES / "expected").glob("*.yaml"))
VERDICTS = sorted((SAMPLES / "expected" / "verdicts").glob("*.yaml"))
SCALARS = ("script", "title", "document_number", "index_number", "signed_on", "genre", "role", "level", "on_topic")


@cache
def outcome(source: str) -> Outcome:
    """The outcome of one sample: a file, or the folder of a plan with its attachments."""
    path = SAMPLES / source
    files = [path] if path.is_file() else sorted(file for file in path.iterdir() if file.is_file())
    (one,) = group(files)
    main, *beside = (SourceFile(uri=str(p), data=p.read_bytes()) for p in (one.main, *one.attachments))
    return parse(main, beside)


def plain(value: object) -> str:
    return "".join(fold(str(value)).split())


def headings(sections: list[Section], level: int = 1) -> list[tuple[int, str, str]]:
    out: list[tuple[int, str, str]] = []
    for section in sections:
        if section.heading:
            out.append((level, plain(section.number).strip("()、."), plain(section.heading)))
        out += headings(section.sections, level + 1)
    return out


def communities(document: Document, keys: list[str]) -> list[object]:
    rows = []
    for c in document.communities:
        for member in c.members:
            rows.append((*(getattr(c, key) for key in keys), plain(c.lead), plain(member)))
    return rows


def compare(want: dict[str, Any], document: Document) -> list[str]:
    """What differs, in words; an expected list is compared whole, targets and tasks must all be found."""
    wrong: list[str] = []

    def same(name: str, expected: list[Any], found: list[Any], partly: bool = False) -> None:
        missing, extra = Counter(expected) - Counter(found), Counter(found) - Counter(expected)
        wrong.extend(f"{name}: missing {item}" for item in missing)
        if not partly:
            wrong.extend(f"{name}: not expected {item}" for item in extra)

    for name in SCALARS:
        if name in want:
            found = getattr(document, name)
            if (None if want[name] is None else plain(want[name])) != (None if found is None else plain(found)):
                wrong.append(f"{name}: {found!r} instead of {want[name]!r}")
    for name, value in (want.get("jurisdiction") or {}).items():
        if getattr(document.jurisdiction, name) != value:
            wrong.append(f"{name}: {getattr(document.jurisdiction, name)!r} instead of {value!r}")
    lists: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
        "issuers": (plain, plain),
        "addressees": (plain, plain),
        "citations": (
            lambda c: (plain(c["title"]), plain(c.get("document_number"))),
            lambda c: (plain(c.title), plain(c.document_number)),
        ),
        "attachments": (
            lambda a: (a.get("number"), plain(a["title"]), a["included"]),
            lambda a: (a.number, plain(a.title), a.included),
        ),
        "leaders": (lambda p: (plain(p["role"]), plain(p["name"])), lambda p: (plain(p.role), plain(p.name))),
        "scoring": (lambda s: (plain(s["item"]), float(s["points"])), lambda s: (plain(s.item), s.points)),
    }
    for name, (expected, found) in lists.items():
        if name in want:
            same(name, [expected(item) for item in want[name]], [found(item) for item in getattr(document, name)])
    if "headings" in want:
        deepest = max(level for level, _, _ in want["headings"])
        rows = [(level, plain(number).strip("()、."), plain(text)) for level, number, text in want["headings"]]
        same("headings", rows, [row for row in headings(document.sections) if row[0] <= deepest])
    if "communities" in want:
        keys = sorted({key for c in want["communities"] for key in c} & {"mode", "stage"})
        rows = [
            (*(c.get(key) for key in keys), plain(c["lead"]), plain(member))
            for c in want["communities"]
            for member in c["members"]
        ]
        same("communities", rows, communities(document, keys))
    if "targets" in want:
        rows = [(float(t["value"]), t.get("unit"), t.get("per"), t.get("due")) for t in want["targets"]]
        same("targets", rows, [(t.value, t.unit, t.per, t.due) for t in document.targets], partly=True)
    if "tasks" in want:
        rows = [(tuple(sorted(map(plain, t["responsible"]))), plain(t["due"])) for t in want["tasks"]]
        found_tasks = [(tuple(sorted(map(plain, t.responsible))), plain(t.due_text)) for t in document.tasks]
        same("tasks", rows, found_tasks, partly=True)
    return wrong


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.stem)
def test_the_sample_comes_out_as_written_down(path: Path) -> None:
    expected = yaml.safe_load(path.read_text(encoding="utf-8"))
    found = outcome(expected["source"])
    assert found.failure is None, found.failure
    assert found.attachment_failures == []
    assert len(found.documents) == len(expected["documents"])
    for want, document in zip(expected["documents"], found.documents, strict=True):
        assert compare(want, document) == []


def plans() -> list[tuple[str, str, int, dict[str, Any]]]:
    rows = []
    for path in VERDICTS:
        spec = yaml.safe_load(path.read_text(encoding="utf-8"))
        rows += [(spec["pack"], plan["source"], plan["document"], plan["verdicts"]) for plan in spec["plans"]]
    return rows


@pytest.mark.parametrize(("pack", "source", "number", "verdicts"), plans(), ids=lambda value: str(value)[:40])
def test_the_plan_gets_the_verdicts_an_inspector_gives(
    pack: str, source: str, number: int, verdicts: dict[str, str | list[str]]
) -> None:
    document = outcome(source).documents[number - 1]
    result = check(document, load(pack))
    found = {finding.requirement: finding.verdict for finding in result.findings}
    assert set(found) == set(verdicts)
    wrong = {
        requirement: found[requirement]
        for requirement, want in verdicts.items()
        if found[requirement] not in (want if isinstance(want, list) else [want])
    }
    assert wrong == {}
    for finding in result.findings:
        for evidence in finding.evidence:
            assert document.text[evidence.span.start : evidence.span.end] == evidence.quote


def test_what_no_reader_opens_is_recorded_with_its_cause() -> None:
    rows = yaml.safe_load((SAMPLES / "expected" / "failures" / "not_read.yaml").read_text(encoding="utf-8"))
    for row in rows:
        found = outcome(row["source"])
        assert found.documents == []
        assert found.failure is not None
        assert found.failure.cause == row["cause"]


def spans(value: Any) -> list[tuple[int, int]]:
    """Every span of a dumped document."""
    if isinstance(value, dict):
        if {"start", "end", "boxes"} <= set(value):
            return [(value["start"], value["end"])]
        return [span for item in value.values() for span in spans(item)]
    if isinstance(value, list):
        return [span for item in value for span in spans(item)]
    return []


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.stem)
def test_every_fact_stands_at_its_span(path: Path) -> None:
    for document in outcome(yaml.safe_load(path.read_text(encoding="utf-8"))["source"]).documents:
        length = len(document.text)
        assert all(0 <= start < end <= length for start, end in spans(document.model_dump(exclude={"text"})))
        for community in document.communities:
            words = plain(document.quote(community.span))
            assert plain(community.lead) in words
            assert all(plain(member) in words for member in community.members)
        for leader in document.leaders:
            assert plain(leader.name) in plain(document.quote(leader.span))
        for citation in document.citations:
            assert plain(citation.title) in plain(document.quote(citation.span))
        for section in (s for top in document.sections for s in (top, *top.sections)):
            assert plain(section.number) in plain(document.quote(section.span))
            assert plain(section.heading or "") in plain(document.quote(section.span))
