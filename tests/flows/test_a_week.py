"""A week in minutes: three sources run over and over, on sites that change, while what can go wrong does.

Every run is a process of its own. At the end the corpus is what the sites published, nothing is in it twice, nothing is
lost, and each fault stands in the recorded runs or in the log. ``DUZHENG_WEEK_ROUNDS`` and ``DUZHENG_WEEK_SEED`` make it
longer and other.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from corpus.corpus import Corpus
from corpus.sources import KeptAnswer, Look, Sources
from flows.collect import collect
from schemas.document import Document
from schemas.fetching import SourceRun
from schemas.source import SourceDefinition
from tests.flows.forked_runs import Runs
from tests.flows.week_driver import here
from tests.sources.site import File, Notice, Site, notice, pages, wordfile

ROUNDS = int(os.environ.get("DUZHENG_WEEK_ROUNDS", "10"))
SEED = int(os.environ.get("DUZHENG_WEEK_SEED", "7"))
TODAY = date(2025, 10, 10)
WITH_A_SITE = ["list", "passing", "attachment", "status", "drop", "reset", "half", "block", "login"]
FIRST = {"county": 1, "city": 1001, "shared": 2001}
"""The number of the first notice of each source: of an HTML list, a JSON list, and a folder."""

Version = tuple[int, int, int]
"""The number of a notice, how often its words were corrected, and how often its attachment was (0: it has none)."""


@dataclass(frozen=True)
class Injected:
    """A fault: of which round and source, what it was, and whether what was recorded and logged tells of it."""

    round: int
    source: str
    kind: str
    told: bool


@dataclass
class Desk:
    """A publisher: notices by what identifies them at their place, on a site or as files in a folder."""

    name: str
    site: Site | None
    folder: Path
    chance: random.Random
    numbers: Iterator[int]
    live: dict[str, Version] = field(default_factory=dict)
    ever: set[str] = field(default_factory=set)
    published: set[Version] = field(default_factory=set)
    unlisted: dict[str, Version] = field(default_factory=dict)
    corrections: int = 0

    def publish(self) -> None:
        number = next(self.numbers)
        attached = int(self.site is not None and self.chance.random() < 0.2)
        made = _worded(number, 0, attached)
        if self.site is not None:
            where = self.site.publish(made)
        else:
            where = str(self.folder / f"notice{number}.txt")
            _write(Path(where), made)
        self._stands(where, (number, 0, attached))

    def correct(self) -> None:
        if not (where := self._any()):
            return
        number, _, attached = self.live[where]
        self.corrections += 1
        if attached and self.chance.random() < 0.5:
            version = (number, self.live[where][1], self.corrections + 1)
        else:
            version = (number, self.corrections, attached)
        made = _worded(*version)
        if self.site is not None:
            self.site.correct(where, paragraphs=made.paragraphs, files=made.files)
        else:
            _write(Path(where), made)
        self._stands(where, version)

    def move(self) -> None:
        if self.site is not None and (where := self._any()) and "/moved/" not in where:
            version = self.live.pop(where)
            self._stands(self.site.move(where), version)

    def take_away(self) -> None:
        if len(self.live) < 6 or not (where := self._any()):
            return
        version = self.live.pop(where)
        if self.site is None:
            Path(where).unlink()
        elif self.chance.random() < 0.5:
            self.site.unlist(where)
            self.unlisted[where] = version
        else:
            self.site.withdraw(where)

    def put_back(self) -> None:
        if self.site is not None and self.unlisted:
            where = self.chance.choice(sorted(self.unlisted))
            self.site.notice(where).listed = True
            self._stands(where, self.unlisted.pop(where))

    def day(self) -> None:
        """What happens between two runs."""
        ways: dict[Callable[[], None], float] = {
            self.publish: 0.5,
            self.correct: 0.35,
            self.move: 0.1,
            self.take_away: 0.12,
            self.put_back: 0.08,
        }
        for way, share in ways.items():
            if self.chance.random() < share:
                way()

    def _any(self) -> str:
        return self.chance.choice(sorted(self.live)) if self.live else ""

    def _stands(self, where: str, version: Version) -> None:
        self.live[where] = version
        self.ever.add(where)
        self.published.add(version)


@dataclass
class Week:
    """The simulation with all that it must be compared with at its end."""

    home: Path
    desks: dict[str, Desk]
    runs: Runs
    chance: random.Random
    faults: list[Injected] = field(default_factory=list)
    seen: set[Version] = field(default_factory=set)
    """Versions that a run which ended well must have taken."""
    without_attachment: set[int] = field(default_factory=set)
    """Notices of which an attachment could not be had for a while."""
    started: Counter[str] = field(default_factory=Counter)
    """How many runs of each source there were."""
    bags: dict[bool, list[str]] = field(default_factory=lambda: {True: [], False: []})
    """The faults that come next, of folders and of sites."""
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(lambda: 0.5))

    def round(self, number: int, redesigned: bool) -> None:
        """Something happens everywhere; then the sources that are due run, at once, each with a fault or without."""
        for desk in self.desks.values():
            desk.day()
        due = [name for every, name in enumerate(self.desks, start=1) if number % every == 0]
        kinds = {name: "redesign" if redesigned and name == "county" else self._fault(self.desks[name]) for name in due}
        targets = {name: self._inject(self.desks[name], kind) for name, kind in kinds.items()}
        before, logged = self._last(), len(self.runs.log())
        started = {
            name: self.runs.start(name, self._most_bytes() if kind == "full" else None) for name, kind in kinds.items()
        }
        for name, kind in kinds.items():
            if kind == "kill":
                self.runs.kill(started[name], name, self.chance.uniform(0, self.seconds[name]))
        statuses = {name: self.runs.wait(process) for name, process in started.items()}
        after, log = self._last(), self.runs.log()[logged:]
        for name, kind in kinds.items():
            run, own = after[name], [line for line in log if line.get("source") == name]
            assert name not in before or run.number != before[name].number, f"{number}: not recorded: {own}"
            self._account(number, name, kind, targets[name], run, statuses[name], own)
        self.started.update(list(kinds))
        self._mend()

    def _fault(self, desk: Desk) -> str:
        """What happens to a run of this desk: each kind once, in any order, before any comes again."""
        kinds = ["", "kill", "full", "away"] if desk.site is None else ["", "kill", "full", "kill", *WITH_A_SITE]
        bag = self.bags[desk.site is None]
        if not bag:
            bag += self.chance.sample(kinds, len(kinds))
        return bag.pop()

    def _inject(self, desk: Desk, kind: str) -> str:
        """Make a fault happen; gives the address that it happens to."""
        site = desk.site
        if kind == "away":
            desk.folder.rename(desk.folder.with_name("elsewhere"))
        if site is None or kind in ("", "kill", "full", "redesign"):
            return ""
        if kind == "list":
            site.fail("/zwgk/*", "block")
            site.fail("/api/*", "status", status=503, retry_after="1")
            return ""
        attached = [where for where, version in sorted(desk.live.items()) if version[2]]
        if kind == "attachment":
            if not attached:
                return ""
            where = self.chance.choice(attached)
            site.fail(f"/files/{site.notice(where).number}/*", "status", status=404)
            self.without_attachment.add(desk.live[where][0])
            return where
        where = self.chance.choice(sorted(desk.live))
        path = where.removeprefix(site.url)
        if kind == "passing":
            site.fail(path, "drop", times=1)
        elif kind == "status":
            site.fail(path, "status", status=503, retry_after="0")
        else:
            site.fail(path, kind)  # type: ignore[arg-type]
        return where

    def _account(
        self, number: int, name: str, kind: str, where: str, run: SourceRun, status: int, log: list[dict[str, object]]
    ) -> None:
        """What the run must have said of its fault, and what it must have taken where it ended well."""
        said = {failure.url for failure in run.failures}
        if kind == "kill":
            if status != -9:
                kind = ""  # it was over before
            told = status != -9 or run.status in ("running", "ok")
        elif kind == "full":
            if status == 0:
                kind = ""  # it wrote nothing that was too large
            told = status == 0 or run.status == "failed" or any(line["event"] == "source.failed" for line in log)
        elif kind == "redesign":
            told = run.status == "failed" and "selectors.item" in (run.reason or "")
        elif kind in ("list", "away"):
            told = run.status == "failed" and bool(run.reason)
        elif kind == "passing":
            told = run.status == "ok" and any(line["event"] == "fetch.retried" and line["url"] == where for line in log)
        elif kind == "attachment":
            told = not where or any("/files/" in url for url in said)
        else:
            told = not kind or where in said
        if kind and (where or kind in ("kill", "full", "redesign", "list", "away")):
            self.faults.append(Injected(number, name, kind, told))
        if not kind:
            assert (status, run.status, run.failures) == (0, "ok", []), f"{number}: {name}: {run}"
        if run.status == "ok":
            self.seen |= {v for at, v in self.desks[name].live.items() if at != where}

    def _mend(self) -> None:
        for desk in self.desks.values():
            if desk.site is not None:
                desk.site.faults.clear()
            elif not desk.folder.exists():
                desk.folder.with_name("elsewhere").rename(desk.folder)

    def _most_bytes(self) -> int:
        store = self.home / "corpus.sqlite"
        return self.chance.randint(1, max(2, 2 * store.stat().st_size if store.exists() else 100_000))

    def _last(self) -> dict[str, SourceRun]:
        with Corpus.open(self.home, create=True) as corpus:
            return corpus.sources.last_runs()


def _worded(number: int, correction: int, attachment: int) -> Notice:
    files: tuple[File, ...] = ()
    if attachment:
        files = (wordfile("附件1 名单.docx", "名单", f"云汀县第{number}小学——云汀县上畈小学，第{attachment}稿"),)
    made = notice(number, date(2025, 10, 1), files)
    first, *rest = made.paragraphs
    made.paragraphs = (first, f"本通知为第{correction}次修改。", *rest)
    return made


def _write(path: Path, made: Notice) -> None:
    path.write_text("\n".join((made.title, *made.paragraphs)) + "\n", encoding="utf-8")


def _version(document: Document) -> Version:
    number = re.search(r"现将第(\d+)批", document.text)
    correction = re.search(r"本通知为第(\d+)次修改", document.text)
    attachment = re.search(r"上畈小学，第(\d+)稿", document.text)
    assert number is not None
    assert correction is not None
    return int(number[1]), int(correction[1]), int(attachment[1]) if attachment else 0


def _definitions(home: Path, desks: dict[str, Desk]) -> dict[str, SourceDefinition]:
    county, city, shared = desks["county"], desks["city"], desks["shared"]
    assert county.site is not None
    assert city.site is not None
    usual = {"retries": 1, "recheck_days": None, "assertions": {"min_items": 1, "max_failed_share": 0.5}}
    folder = {"id": "shared", "title": "共享文件夹", "kind": "folder", "url": str(shared.folder), "settled_seconds": 0}
    return {
        "county": county.site.definition("list", id="county", **usual),
        "city": city.site.definition("json", id="city", **usual),
        "shared": SourceDefinition.model_validate(folder),
    }


def _put(home: Path, definition: SourceDefinition) -> None:
    folder = home / "sources"
    folder.mkdir(parents=True, exist_ok=True)
    text = definition.model_dump_json(exclude_unset=True)
    (folder / f"{definition.id}.yaml").write_text(text, encoding="utf-8")


@pytest.mark.slow
def test_a_week_of_faults_leaves_what_the_sites_published_once_and_tells_of_each_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forking: subprocess.Popen[str]
) -> None:
    home = tmp_path / "home"
    chance = random.Random(SEED)
    visits = [0]
    article = pages.article
    monkeypatch.setattr(
        pages,
        "article",
        lambda content, n: article(content, n).replace('id="hits">0', f'id="hits">{visits[0]}'),
    )
    with Site.serving() as one, Site.serving() as other:
        other.content.charset = "utf-8"
        desks = {
            name: Desk(name, site, tmp_path / name, random.Random(SEED + first), iter(range(first, first + 1000)))
            for (name, first), site in zip(FIRST.items(), (one, other, None), strict=True)
        }
        for desk in desks.values():
            desk.folder.mkdir()
            for _ in range(8):
                desk.publish()
        definitions = _definitions(home, desks)
        for definition in definitions.values():
            _put(home, definition)
        week = Week(home, desks, Runs(home, forking), chance)
        cards = {"item": "section.cards > div.card", "date": "em"}
        for number in range(ROUNDS):
            visits[0] = 100 + number
            if number == ROUNDS // 3:
                one.redesign()
            if number == ROUNDS // 3 + 2:
                mended = definitions["county"].model_dump(exclude_unset=True) | {"selectors": cards}
                _put(home, SourceDefinition.model_validate(mended))
            week.round(number, redesigned=ROUNDS // 3 <= number < ROUNDS // 3 + 2)
        for name in desks:
            assert week.runs.wait(week.runs.start(name)) == 0
        assert not [fault for fault in week.faults if not fault.told]
        happened = Counter(fault.kind for fault in week.faults)
        print(ROUNDS, "rounds,", happened)
        assert {"redesign", "away"} <= set(happened)
        _compare(week)


def _compare(week: Week) -> None:
    """The corpus with what was published."""
    with Corpus.open(week.home) as corpus:
        documents = list(corpus.documents(superseded=True))
        stored = Counter(map(_version, documents))
        twice = [version for version, count in stored.items() if count > 1]
        assert not [d.source for d in documents if _version(d) in twice], "twice"
        published = {version for desk in week.desks.values() for version in desk.published}
        assert week.seen <= set(stored), "lost"
        lame = {v for v in stored if v not in published}
        assert all(number in week.without_attachment and attachment == 0 for number, _, attachment in lame)
        current = corpus.current_ids()
        for name, desk in week.desks.items():
            items = corpus.sources.items(name)
            assert set(desk.live) <= set(items) <= desk.ever
            for url, item in items.items():
                assert (item.gone_since is None) == (url in desk.live), url
                if url not in desk.live:
                    continue
                assert item.cause is None
                assert item.sha256 is not None
                (document,) = corpus.sources.documents_of(item.sha256)
                assert _version(document) == desk.live[url]
                assert document.id in current
                assert url in corpus.locations(item.sha256)
                assert all(corpus.originals.has(file.sha256) for file in item.files)
                assert desk.site is None or corpus.sources.answers(item.sha256)
            recorded = Counter(run.status for run in corpus.sources.runs(name))
            killed = sum(fault.kind == "kill" and fault.source == name for fault in week.faults)
            full = sum(fault.kind == "full" and fault.source == name for fault in week.faults)
            assert recorded.total() == week.started[name] + 1
            assert recorded["running"] == 0
            assert recorded["interrupted"] <= killed + full
        assert corpus.verify() == []
        assert corpus.search("集中教研").total == len(current)


@pytest.mark.parametrize("moved", [False, True])
def test_what_was_recorded_but_not_marked_is_not_recorded_again_where_the_page_looks_other_now(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch, moved: bool
) -> None:
    home, article, looked = tmp_path / "home", pages.article, Sources.looked
    _put(home, site.definition("list", id="site"))
    url = site.publish(notice(1))

    def killed(self: Sources, source: str, looks: Sequence[Look], answers: Sequence[KeptAnswer]) -> None:
        looked(self, source, [], answers)
        if looks:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Sources, "looked", killed)
        with pytest.raises(KeyboardInterrupt):
            collect(home, "site", reading=here, today=TODAY)
    monkeypatch.setattr(pages, "article", lambda content, n: article(content, n).replace('id="hits">0', 'id="hits">7'))
    if moved:
        url = site.move(url)
    assert collect(home, "site", reading=here, today=TODAY).status == "ok"
    with Corpus.open(home) as corpus:
        (document,) = corpus.documents(superseded=True)
        assert corpus.sources.items("site")[url].sha256 == document.source.sha256
        assert corpus.originals.has(document.source.sha256)
        assert corpus.sources.answers(document.source.sha256)
        assert url in corpus.locations(document.source.sha256)
