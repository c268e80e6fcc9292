"""What ``duzheng ledger``, ``duzheng searches`` and ``duzheng packs impact`` do with a corpus, from Python."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.china_time import today_in_china

if TYPE_CHECKING:
    from checks.ledger.changes import Changes
    from corpus.corpus import Corpus
    from flows.impact import Impact
    from flows.notices.settings import NoticeTarget
    from schemas.digest import Delivery, Digest
    from schemas.search import News, SavedSearch


class Ledger:
    """The issue ledger of a corpus: written, filled in by people, read back."""

    def __init__(self, corpus: Callable[[], Corpus]) -> None:
        self._corpus = corpus

    def export(
        self,
        file: str | PathLike[str],
        *,
        pack: str | None = None,
        unit: str | None = None,
        today: date | None = None,
    ) -> int:
        """Write the ledger as a workbook: every fault and every finding that was decided about; gives its rows."""
        from checks.ledger import write_ledger
        from flows import ledger

        standings = self._corpus().standings(today or today_in_china(), pack=pack, unit=unit)
        rows = ledger.entries(standings)
        write_ledger(ledger.checks(standings), Path(file), ledger.axes(standings), rows)
        return len(rows)

    def import_(
        self, file: str | PathLike[str], *, who: str, dry_run: bool = False, today: date | None = None
    ) -> Changes:
        """Take what people filled in as decisions; conflicts are listed in the result and not taken.

        Raises:
            InvalidLedger: the file is no ledger.
        """
        from flows.ledger import take_in

        path = Path(file)
        return take_in(self._corpus(), path.read_bytes(), path.name, who, today or today_in_china(), dry_run=dry_run)

    def evidence(
        self,
        folder: str | PathLike[str],
        *,
        pack: str | None = None,
        unit: str | None = None,
        today: date | None = None,
    ) -> None:
        """Write the evidence book: each finding with its quote on the image of its page."""
        from duzheng.handover import documents_of, evidence_book, stored
        from flows.ledger import axes, checks

        corpus = self._corpus()
        standings = corpus.standings(today or today_in_china(), pack=pack, unit=unit)
        made = checks(standings)
        there = documents_of(corpus, made)
        evidence_book(made, there, Path(folder), lambda document: stored(corpus, document), axes(standings))


class Searches:
    """Saved searches of a corpus, which report what is new."""

    def __init__(self, corpus: Callable[[], Corpus]) -> None:
        self._corpus = corpus

    def save(self, name: str, query: str, *, strict: bool = False, **filters: str | int | None) -> SavedSearch:
        """Keep a search by name; what it finds from now on is new. ``filters`` are those of ``OpenCorpus.search``."""
        return self._corpus().save_search(name, query, strict=strict, owner=None, **filters)

    def list(self) -> Sequence[SavedSearch]:
        """The saved searches by name."""
        return self._corpus().saved_searches()

    def run(self, name: str | None = None, *, limit: int = 10) -> Sequence[News]:
        """What a saved search (all where none is named) finds that it had not found before."""
        corpus = self._corpus()
        names = [name] if name is not None else [one.name for one in corpus.saved_searches()]
        return [corpus.news(one, limit=limit) for one in names]

    def remove(self, name: str) -> None:
        """Forget a saved search."""
        self._corpus().remove_search(name)


class Notices:
    """Who is told what is new in a corpus (``notices.yaml``), and what was sent."""

    def __init__(self, home: Path, corpus: Callable[[], Corpus]) -> None:
        self._home = home
        self._corpus = corpus

    def list(self) -> Sequence[NoticeTarget]:
        """The targets, in the order of the file."""
        from flows.notices.settings import load

        return load(self._home)

    def test(self, target: str) -> None:
        """Send a line to a target.

        Raises:
            NotDelivered: it was not taken; the message says why, without secrets.
        """
        from flows.digest import test

        test(self._home, target)

    def sent(self) -> Sequence[Delivery]:
        """Every attempt to tell somebody, newest first."""
        return self._corpus().digests.deliveries()

    def digest(self, digest: str) -> Digest:
        """A digest as it was delivered, with all its entries.

        Raises:
            CorpusError: none of this identifier was delivered.
        """
        from schemas.errors import CorpusError

        found = self._corpus().digests.sent(digest)
        if found is None:
            raise CorpusError(
                f"{digest}: 没有送达过这份摘要 / no digest of this id was delivered (请用 duzheng notices sent 列出 / list them: duzheng notices sent)"
            )
        return found


class Packs:
    """What packs mean for the plans of a corpus."""

    def __init__(self, home: Path, corpus: Callable[[], Corpus]) -> None:
        self._home = home
        self._corpus = corpus

    def impact(self, old: str | PathLike[str], new: str | PathLike[str], *, today: date | None = None) -> Impact:
        """Which verdicts flip on the stored plans when ``new`` takes the place of ``old``; nothing is recorded."""
        from checks.pack_shelf import load
        from flows.impact import impact

        return impact(self._corpus(), load(str(old), self._home), load(str(new), self._home), today=today)
