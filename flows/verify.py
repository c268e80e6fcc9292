"""Confirming stored checks on the originals: every file is read again, every quote compared byte for byte.

1. A plan's file is read again with the attachments that were beside it, in worker processes (``flows.pool``).
2. A quote is confirmed when the text read again has exactly its bytes at its span; the other side of a contradiction
   between two documents likewise, in the other document's text.
3. A finding without a quote (what was not found) rests on the whole text: it is confirmed when the whole text is the same.
4. What cannot be confirmed becomes 待核. Why it could not decides the reason: ``unreadable_page`` the original is missing,
   damaged or cannot be read; ``attachment_not_obtained`` an attachment's is; ``low_ocr_confidence`` the text was recognised
   from a picture and comes out differently; ``rule_error`` a text layer that reads otherwise: then the rules of reading have
   changed, or the stored check was; ``ambiguous`` a plan file that is not the one that was checked.
5. What is confirmed again later (an original put back from a copy) gets the verdict of its check back.
6. A database that is damaged itself is told of, with the way back, and nothing is verified or written.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from flows.pool import Limits, Pool, Start, Work
from schemas.document import Document
from schemas.errors import CorpusError, InvalidChecks
from schemas.finding import (
    REASON_NAMES,
    VERDICT_NAMES,
    VERDICTS,
    Evidence,
    EvidenceElsewhere,
    Finding,
    PlanCheck,
    Reason,
)
from schemas.outcome import Outcome, SourceFile

if TYPE_CHECKING:
    from corpus.corpus import Corpus
    from corpus.files import Taken

_MARK = "核对原件未能确认"
_UNVERIFIED = (
    "语料库本身损坏，未核对任何结论，也未写入 / the corpus itself is damaged: nothing was verified, nothing written"
)
_LOST = "附件的名称未曾记录，不能照原样重读，请重新入库 (duzheng ingest)"
"""Of corpora that were made before the names were kept."""


Doubt = tuple[str, Reason]
"""Why something is not confirmed, and the reason its finding gets; the first empty where it is confirmed."""


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """A finding that could not be confirmed; ``finding`` is as it stands now: 待核, with what it was in its explanation."""

    check: PlanCheck
    finding: Finding
    why: str


@dataclass(slots=True)
class Verification:
    """What became of a verification. ``problems`` are faults of the corpus itself, beside those of findings."""

    checks: int = 0
    findings: int = 0
    quotes: int = 0
    confirmed: int = 0
    unconfirmed: list[Unconfirmed] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Reread:
    """A document read again; or, where ``document`` is None, why it was not. ``partial``: not all attachments were read
    with it, so what the text lacks at its end proves nothing."""

    document: Document | None
    why: str = ""
    partial: str = ""
    other_file: bool = False
    """A text that differs may be that of another file under the same name."""


@dataclass(slots=True)
class _Subject:
    """A stored check, what is verified in its place, and a doubt or none of each of that one's findings."""

    check: PlanCheck
    judged: PlanCheck
    doubts: list[Doubt] = field(default_factory=list)


_Key = tuple[str, int, int, str]
"""Which quote of which other document: its id, the span, the words."""


def verify_corpus(home: Path, *, limits: Limits | None = None, start: Start = "forkserver") -> Verification:
    """Confirm the latest checks of the corpus at ``home``; what is not confirmed is stored as 待核, as a run of its own.

    Raises:
        CorpusError: the corpus cannot be opened or written.
    """
    from corpus.corpus import Corpus

    result = Verification()
    with Corpus.open(home) as corpus:
        if damage := corpus.damage():
            result.problems = [*damage, _UNVERIFIED]
            return result
        result.problems = corpus.verify()
        by_source: dict[str, list[_Subject]] = {}
        others: dict[str, dict[str, list[EvidenceElsewhere]]] = {}
        taken: dict[str, Taken] = {}
        there: dict[_Key, Doubt] = {}
        for subject in _subjects(corpus, result):
            found = corpus.taken_from(subject.check.plan.id)
            taken[found.sha256] = found
            by_source.setdefault(found.sha256, []).append(subject)
            for piece in (piece for finding in subject.judged.findings for piece in finding.elsewhere):
                try:
                    found = corpus.taken_from(piece.document)
                except CorpusError as error:
                    there[_key(piece)] = f"所对照的《{piece.title or piece.uri}》：{error}", "document_not_obtained"
                    continue
                taken[found.sha256] = found
                others.setdefault(found.sha256, {}).setdefault(piece.document, []).append(piece)
        unread: dict[str, str] = {}

        def settle(source: str, reread: Callable[[Document | None], _Reread]) -> None:
            for subject in by_source.get(source, ()):
                stored = corpus.document(subject.check.plan.id)
                again = reread(stored)
                subject.doubts = [_doubt(finding, subject.judged, stored, again) for finding in subject.judged.findings]
            for id, pieces in others.get(source, {}).items():
                again = reread(corpus.document(id))
                there.update((_key(piece), _there(piece, again)) for piece in pieces)

        order: list[str] = []
        with Pool(limits, start=start) as pool:
            for number, outcome in enumerate(pool.read(_works(corpus, taken, order, unread))):
                source = order[number]
                lost = _LOST if taken[source].attachments and not taken[source].companions else ""
                settle(source, partial(_found, outcome=outcome, lost=lost))
        for source, why in unread.items():
            settle(source, partial(_missing, why=why))
        changed: list[PlanCheck] = []
        for subject in (subject for subjects in by_source.values() for subject in subjects):
            confirmed = _confirm(subject.judged, subject.doubts, there, result)
            if confirmed != subject.check:
                changed.append(confirmed)
        if changed:
            corpus.record_checks(changed, origin="verify")
    return result


def verify_file(
    path: Path, plans: Sequence[Path] = (), *, limits: Limits | None = None, start: Start = "forkserver"
) -> tuple[Verification, list[PlanCheck]]:
    """Confirm the output of ``duzheng check --format json`` on the plan files.

    Args:
        path: the JSON file.
        plans: the files and folders as they were given to ``check``; the files named in the JSON where none is given.
        limits, start: of the worker processes.

    Returns:
        What became of it, and the checks with what was not confirmed made 待核.

    Raises:
        InvalidChecks: the file cannot be read or holds something else.
        flows.discover.NoSuchPath: one of ``plans`` does not exist.
    """
    checks = load_checks(path)
    result = Verification()
    pieces = [piece for check in checks for finding in check.findings for piece in finding.elsewhere]
    wanted = {check.plan.id for check in checks} | {piece.document for piece in pieces}
    uris = [*(check.plan.uri for check in checks), *(piece.uri for piece in pieces)]
    read: dict[str, Document] = {}
    other: dict[tuple[str, int | None], Document] = {}
    failures: dict[str, str] = {}
    places = list(plans) or sorted({_file_of(uri, path.parent) for uri in uris})
    present = [place for place in places if place.exists()] if not plans else places
    with Pool(limits, start=start) as pool:
        for attempt in (present, [] if plans else _beside(present)):
            if not attempt or not wanted - read.keys():
                continue
            for outcome in pool.read(_opened(attempt, failures)):
                if outcome.failure is not None:
                    failures[outcome.uri] = outcome.failure.message
                read |= {document.id: document for document in outcome.documents if document.id in wanted}
                other |= {(document.source.uri, document.source.index): document for document in outcome.documents}

    def reread(document: Document | None, uri: str) -> _Reread:
        why = next((message for name, message in failures.items() if uri.startswith(name)), "")
        return _Reread(document, why=f"{uri} 未能读取{f'：{why}' if why else ''}", other_file=True)

    by_uri = {document.source.uri: document for document in other.values()}  # of another file under the same name
    there = {
        _key(piece): _there(piece, reread(read.get(piece.document) or by_uri.get(piece.uri), piece.uri))
        for piece in pieces
    }
    confirmed = []
    for check in checks:
        again = reread(read.get(check.plan.id) or other.get((check.plan.uri, check.plan.index)), check.plan.uri)
        doubts = [_doubt(finding, check, None, again) for finding in check.findings]
        confirmed.append(_confirm(check, doubts, there, result))
    return result, confirmed


def load_checks(path: Path) -> list[PlanCheck]:
    """What ``duzheng check --format json`` wrote into a file.

    Raises:
        InvalidChecks: the file cannot be read or holds something else.
    """
    cure = "请给出 duzheng check PLAN... --format json 的输出 / give the output of: duzheng check PLAN... --format json"
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
        items = content if isinstance(content, list) else [content]
        return [PlanCheck.model_validate_json(json.dumps(item)) for item in items]
    except OSError as error:
        raise InvalidChecks(f"{path}: 无法读取：{error.strerror} / cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        first = str(error).splitlines()[0]
        raise InvalidChecks(f"{path}: 不是检查结果：{first} / no result of a check: {first} ({cure})") from error


def _subjects(corpus: Corpus, result: Verification) -> Iterator[_Subject]:
    """What is to be verified of each latest check; one that differs from its own record is a problem of the corpus."""
    for check in _latest(corpus):
        judged = corpus.judged(check.plan.id, check.pack.id) or check
        if any(_MARK in finding.explanation[3] for finding in check.findings):
            # What the check itself found is verified, so that an original put back brings its verdicts back.
            yield _Subject(check, judged)
            continue
        if check != judged:
            result.problems.append(f"{check.plan.id}: 所存检查与历史记录不符 / differs from its own record")
        yield _Subject(check, check)


def _latest(corpus: Corpus) -> list[PlanCheck]:
    """The latest check of each current document with each pack, whatever the pack's version."""
    current = corpus.current_ids()
    latest: dict[tuple[str, str], PlanCheck] = {}
    for check in corpus.checks():
        if check.plan.id in current:
            latest.setdefault((check.plan.id, check.pack.id), check)
    return list(latest.values())


def _works(corpus: Corpus, taken: Mapping[str, Taken], order: list[str], unread: dict[str, str]) -> Iterator[Work]:
    """What is to be read again, loaded as it is asked for; ``order`` gets its sources, ``unread`` those not there."""
    for source, found in taken.items():
        try:
            main = SourceFile(found.uri, corpus.originals.read(source))
            beside = tuple(SourceFile(uri, corpus.originals.read(sha256)) for uri, sha256 in found.companions)
        except CorpusError as error:
            unread[source] = str(error)
            continue
        order.append(source)
        yield Work(main, beside)


def _missing(stored: Document | None, why: str) -> _Reread:
    return _Reread(None, why=why)


def _found(stored: Document | None, outcome: Outcome, lost: str) -> _Reread:
    if outcome.failure is not None:
        return _Reread(None, why=outcome.failure.message)
    if stored is None:
        return _Reread(None, why="语料库中没有这份方案")
    same = next((one for one in outcome.documents if one.id == stored.id), None)
    if same is None:
        place = stored.source.index or 0
        same = outcome.documents[place] if place < len(outcome.documents) else None
    return _Reread(same, why="" if same else "原件中没有这一份", partial=lost)


def _confirm(check: PlanCheck, doubts: Sequence[Doubt], there: Mapping[_Key, Doubt], result: Verification) -> PlanCheck:
    """The check with what could not be confirmed made 待核; counts into ``result``."""
    result.checks += 1
    findings = []
    for finding, doubt in zip(check.findings, doubts, strict=True):
        result.findings += 1
        result.quotes += len(finding.evidence) + len(finding.elsewhere)
        of_others = (there[_key(piece)] for piece in finding.elsewhere)
        why, reason = next((one for one in (doubt, *of_others) if one[0]), doubt)
        if not why:
            result.confirmed += 1
            findings.append(finding)
            continue
        altered = undetermined(finding, reason, why)
        findings.append(altered)
        result.unconfirmed.append(Unconfirmed(check, altered, why))
    if all(new is old for new, old in zip(findings, check.findings, strict=True)):
        return check
    counts = Counter(finding.verdict for finding in findings)
    summary = {verdict: counts[verdict] for verdict in VERDICTS if counts[verdict]}
    return check.model_copy(update={"findings": findings, "summary": summary})


def _doubt(finding: Finding, check: PlanCheck, stored: Document | None, reread: _Reread) -> Doubt:
    """What is doubtful of a finding in the plan itself."""
    again = reread.document
    if again is None:
        return reread.why or "原件未能重新读取", "unreadable_page"
    for evidence in finding.evidence:
        doubt = _of_quote(evidence, again, reread)
        if doubt[0]:
            return doubt
    whole = stored.text if stored is not None else None
    same = again.id == check.plan.id and (whole is None or _bytes(whole) == _bytes(again.text))
    if finding.evidence or same:
        return "", "rule_error"
    if reread.partial:
        return reread.partial, "attachment_not_obtained"
    return "重新读取的全文与检查时不同", _blamed(again, reread)


def _there(piece: EvidenceElsewhere, reread: _Reread) -> Doubt:
    """What is doubtful of the other side of a contradiction."""
    name = f"所对照的《{piece.title or piece.uri}》"
    if reread.document is None:
        return f"{name}：{reread.why or '原件未能重新读取'}", "document_not_obtained"
    why, reason = _of_quote(piece, reread.document, reread)
    return (f"{name}{why}", reason) if why else (why, reason)


def _of_quote(evidence: Evidence, again: Document, reread: _Reread) -> Doubt:
    start, end = evidence.span.start, evidence.span.end
    if _bytes(again.text[start:end]) == _bytes(evidence.quote):
        return "", "rule_error"
    if reread.partial and end > len(again.text):
        return reread.partial, "attachment_not_obtained"
    return f"第{start + 1}—{end}字与原件不符", _blamed(again, reread)


def _blamed(again: Document, reread: _Reread) -> Reason:
    """Point 4 of the module, for a text that reads otherwise."""
    recognised = any(note.kind in ("ocr_text", "low_ocr_confidence") for note in again.quality)
    return "low_ocr_confidence" if recognised else "ambiguous" if reread.other_file else "rule_error"


def _key(piece: EvidenceElsewhere) -> _Key:
    return piece.document, piece.span.start, piece.span.end, piece.quote


def undetermined(finding: Finding, reason: Reason, why: str) -> Finding:
    """The finding as 待核; its fourth line keeps what it was judged before. A finding that says so already stays itself."""
    judged = finding.explanation[3]
    if _MARK in judged:
        return finding.model_copy(deep=True)
    was = VERDICT_NAMES[finding.verdict] + (f"（{REASON_NAMES[finding.reason]}）" if finding.reason else "")
    line = f"怎样判定：待核（{REASON_NAMES[reason]}）。{_MARK}（{why}）；原判定：{was}。"
    explanation = [*finding.explanation[:3], line, finding.explanation[4]]
    return finding.model_copy(update={"verdict": "undetermined", "reason": reason, "explanation": explanation})


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _file_of(uri: str, folder: Path) -> Path:
    """The file on the disk that a plan came from: the plan of an archive's member comes from the archive.

    Relative names are taken from the working directory, else from the folder of the JSON file.
    """
    from extractors.containers import SEPARATOR

    outer = Path(uri.split(SEPARATOR, 1)[0]) if not Path(uri).exists() else Path(uri)
    return outer if outer.exists() or outer.is_absolute() else folder / outer


def _beside(files: Iterable[Path]) -> list[Path]:
    """The folders of files: a plan that was checked as part of a folder was read with the attachments in it."""
    return sorted({path.parent for path in files})


def _opened(paths: Sequence[Path], failures: dict[str, str]) -> Iterator[Work]:
    from flows.discover import works

    for item in works(paths):
        if isinstance(item, Work):
            yield item
        else:
            failures[item.uri] = item.message
