"""``duzheng digest``: who is told what is new, quiet when nothing is.

1. One process at a time tells a target, also where several machines share a database; the lock is the system's and is
   free when a process dies.
2. A target's watermark moves only with a recorded delivery. What failed is part of the next digest; who was told is
   never told again. A process killed between the answer of the mail server and its record is the one case in which a
   digest may come twice: it then bears the same news under another number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias
from uuid import uuid4

from flows.notices.channels import Channel, Message, NotDelivered, open_channel
from flows.notices.neutral import inert
from flows.notices.rendering import Words, html, subject, text
from flows.notices.settings import NoticeTarget, concerns, find, load
from schemas.digest import KEPT, REMIND_AFTER, Digest, SourceNews, SourceTrouble, Watermark
from schemas.document import Jurisdiction

if TYPE_CHECKING:
    from corpus.corpus import Corpus
    from corpus.newly import Newly
    from schemas.fetching import SourceRun
    from schemas.source import SourceDefinition

_LOOKED_BACK = 200
"""Runs of a source that are looked at for the day from which it has been in trouble."""
PREVIEW = NoticeTarget(id="preview", url="-")
"""Who a digest is shown to that is sent to nobody: everything, in simplified characters."""


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one target: ``quiet`` there was nothing to tell, ``busy`` another process is telling it,
    ``shown`` nothing was sent."""

    target: str
    state: Literal["delivered", "failed", "quiet", "busy", "shown"]
    digest: Digest | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class SourceFiles:
    """The sources of a corpus folder by their id, and by file name what is wrong with those that are not valid."""

    definitions: Mapping[str, SourceDefinition]
    broken: Mapping[str, str]

    @classmethod
    def of(cls, home: Path) -> SourceFiles:
        """Those in the folder ``sources``."""
        from sources.definitions import load_valid

        valid, errors = load_valid(home / "sources")
        broken = {Path(str(error).partition(":")[0]).name: str(error) for error in errors}
        return cls({one.definition.id: one.definition for one in valid}, broken)

    def runs(self, source: str) -> bool:
        """Whether a source is still run: not one that was switched off or taken away. Where a file is not valid, it
        cannot be said whose it is."""
        definition = self.definitions.get(source)
        return definition.enabled if definition is not None else bool(self.broken)


Asked: TypeAlias = dict[tuple[object, ...], "Newly"]
"""What was found between two watermarks: several targets that were told alike ask the same."""


def compose(
    corpus: Corpus, target: NoticeTarget, today: date, sources: SourceFiles, asked: Asked | None = None
) -> tuple[Digest, Watermark]:
    """What a target would be told now, and how far it is told when that has arrived.

    Args:
        corpus: an opened corpus.
        target: who.
        today: the day that deadlines are compared with.
        sources: as they are defined now.
        asked: what was found for the targets before, and gets what is found for this one.
    """
    digests = corpus.digests
    digests.note_arrivals()
    before, upto = digests.told(target.id), digests.now(today)
    standing = [*_source_news(corpus, sources, before.sources if before else {}, upto.told_at)]
    upto.sources = {one.source: one.trouble for one in standing if one.trouble != "recovered"}
    digest = Digest(id=uuid4().hex[:12], target=target.id, day=today, since=before.told_at if before else None)
    after = before.arrival if before else 0
    if "documents" in target.parts:
        documents = [one for one in digests.documents(after, upto.arrival) if concerns(target, one.jurisdiction)]
        digest.totals["documents"] = digest.news["documents"] = len(documents)
        digest.documents = documents[:KEPT]
        digests.numbered(digest.documents[: target.most])
    if {"findings", "resolved", "due"} & {*target.parts}:
        asked = {} if asked is None else asked
        marks = [(one.run, one.decision, one.day) if one else None for one in (before, upto)]
        newly = asked.get((*marks,)) or asked.setdefault((*marks,), digests.findings(before, upto))
        if "findings" in target.parts:
            flagged = [one for one in newly.flagged if concerns(target, one.jurisdiction)]
            digest.totals["findings"] = digest.news["findings"] = len(flagged)
            digest.findings = flagged[:KEPT]
        if "resolved" in target.parts:
            resolved = [one for one in newly.resolved if concerns(target, one.jurisdiction)]
            digest.totals["resolved"] = digest.news["resolved"] = len(resolved)
            digest.resolved = resolved[:KEPT]
        if "due" in target.parts:
            due = [one for one in newly.due if concerns(target, one.jurisdiction)]
            due.sort(key=lambda one: (not one.new, one.day))
            digest.totals["due"], digest.news["due"] = len(due), sum(one.new for one in due)
            digest.due = due[:KEPT]
    if "sources" in target.parts:
        news = [one for one in standing if concerns(target, one.jurisdiction)]
        digest.totals["sources"], digest.news["sources"] = len(news), sum(one.new for one in news)
        digest.sources = sorted(news, key=lambda one: (not one.new, one.source))[:KEPT]
    if "files" in target.parts and concerns(target, Jurisdiction()):
        files = digests.files(after, upto.arrival)
        digest.totals["files"] = digest.news["files"] = len(files)
        digest.files = files[:KEPT]
    if not any(digest.news.values()) and before is not None and today - before.day >= REMIND_AFTER:
        digest.reminder = any(one.overdue for one in digest.due) or any(
            one.trouble in ("failed", "interrupted", "invalid") for one in digest.sources
        )
    return digest, upto


def preview(corpus: Corpus, home: Path, today: date, names: Sequence[str] = ()) -> list[Told]:
    """What each target (of those named) would be told now; nothing is sent. Without any target, what one would be told.

    Raises:
        InvalidNotices: the settings are not valid, or there is no target of that name.
    """
    targets = _targets(home, names) or [PREVIEW]
    sources, asked = SourceFiles.of(home), Asked()
    return [Told(target.id, "shown", compose(corpus, target, today, sources, asked)[0]) for target in targets]


def send(corpus: Corpus, home: Path, today: date, names: Sequence[str] = ()) -> list[Told]:
    """Tells every enabled target (or those named) what is new; a target whose delivery fails stops no other.

    Raises:
        InvalidNotices: the settings are not valid, or there is no target of that name.
    """
    targets = _targets(home, names)
    sources, asked = SourceFiles.of(home), Asked()
    return [_tell(corpus, target, today, sources, asked) for target in targets]


def test(home: Path, name: str) -> None:
    """Sends a line to a target, to see whether its settings are right; nothing is recorded.

    Raises:
        InvalidNotices: there is no such target.
        NotDelivered: it did not arrive.
    """
    target = find(home, name)
    words = Words(target.language)
    channel = open_channel(target.url)
    body = words("test_body", target=target.title or target.id)
    channel.send(Message("test", words("test_subject"), escape(body) if channel.form == "html" else inert(body), {}))


def whole(home: Path, digest: Digest, *, sent: bool = True) -> str:
    """A digest as text with all its entries, in the words of its target."""
    target = next((one for one in load(home) if one.id == digest.target), PREVIEW)
    body = text(digest, target.language, _place(target), KEPT, kept=sent)
    return f"{subject(digest, target.language, target.title)}\n{body}"


def _tell(corpus: Corpus, target: NoticeTarget, today: date, sources: SourceFiles, asked: Asked) -> Told:
    from corpus.digests import DigestBusy

    digests = corpus.digests
    try:
        with digests.alone(target.id):
            digest, upto = compose(corpus, target, today, sources, asked)
            if digest.is_quiet:
                return Told(target.id, "quiet")
            number = digests.begin(digest)
            try:
                channel = open_channel(target.url)
                channel.send(_message(digest, target, channel))
            except NotDelivered as error:
                digests.failed(number, str(error))
                return Told(target.id, "failed", digest, str(error))
            digests.delivered(number, digest, upto)
            return Told(target.id, "delivered", digest)
    except DigestBusy as error:
        return Told(target.id, "busy", reason=str(error))


def _message(digest: Digest, target: NoticeTarget, channel: Channel) -> Message:
    line = subject(digest, target.language, target.title)
    if channel.form == "html":
        body = html(digest, target.language, _place(target), target.most)
    else:
        limit = channel.limit - len(line.encode()) - 1
        body = text(digest, target.language, _place(target), target.most, limit)
    data = digest.model_dump(mode="json")
    for part in ("documents", "findings", "resolved", "due", "sources", "files"):
        data[part] = data[part][: target.most]
    return Message(digest.id, line, body, data)


def _place(target: NoticeTarget) -> str:
    return Words(target.language).place(target.jurisdiction)


def _targets(home: Path, names: Sequence[str]) -> list[NoticeTarget]:
    if names:
        return [find(home, name) for name in dict.fromkeys(names)]
    return [target for target in load(home) if target.enabled]


def _finished(corpus: Corpus, source: str) -> SourceRun | None:
    """The last run of a source that has come to an end."""
    return next((run for run in corpus.sources.runs(source, limit=3) if run.status != "running"), None)


def _trouble(run: SourceRun) -> SourceTrouble | None:
    if run.status in ("failed", "interrupted"):
        return "failed" if run.status == "failed" else "interrupted"
    return "empty" if run.listed == 0 else None


def _source_news(
    corpus: Corpus, sources: SourceFiles, known: Mapping[str, SourceTrouble], moment: datetime
) -> Iterator[SourceNews]:
    """The sources in trouble, and those that were when somebody was last told (``known``) and work again."""
    for name, message in sorted(sources.broken.items()):
        new = known.get(name) != "invalid"
        yield SourceNews(
            source=name,
            title=name,
            jurisdiction=Jurisdiction(),
            trouble="invalid",
            reason=message,
            since=moment,
            new=new,
        )
    for name in sorted(name for name, trouble in known.items() if trouble == "invalid" and name not in sources.broken):
        yield SourceNews(source=name, title=name, jurisdiction=Jurisdiction(), trouble="recovered", since=moment)
    for source in sorted(corpus.sources.last_runs()):
        run = _finished(corpus, source)
        trouble = _trouble(run) if run is not None else None
        if run is None or not sources.runs(source) or (trouble is None and source not in known):
            continue
        definition = sources.definitions.get(source)
        yield SourceNews(
            source=source,
            title=definition.title if definition else source,
            jurisdiction=definition.jurisdiction if definition else Jurisdiction(),
            trouble=trouble or "recovered",
            reason=run.reason if trouble in ("failed", "interrupted") else None,
            since=_since(corpus, source, trouble) or run.started_at,
            new=known.get(source) != trouble,
        )


def _since(corpus: Corpus, source: str, trouble: SourceTrouble | None) -> datetime | None:
    """When the oldest of the last runs of a source began that all ended in this way."""
    moment = None
    for run in corpus.sources.runs(source, limit=_LOOKED_BACK):
        if run.status == "running":
            continue
        if _trouble(run) != trouble:
            break
        moment = run.started_at
    return moment
