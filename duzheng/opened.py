"""An opened corpus from Python: each method is a command, and the tables are pandas frames."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, TypedDict, Unpack

from corpus.corpus import Corpus
from duzheng.api import PathName
from duzheng.deciding import Deciding
from duzheng.opened_parts import Ledger, Notices, Packs, Searches
from duzheng.opened_sources import Sources
from schemas.china_time import today_in_china

if TYPE_CHECKING:
    import pandas as pd

    from checks.matrix import Matrix
    from corpus.export import Written
    from corpus.history import Event
    from corpus.retention import Plan
    from corpus.search import Sort
    from corpus.standing import Standing
    from corpus.transfer.manifest import Manifest
    from corpus.transfer.take_in import Imported
    from flows.digest import Told
    from flows.retry import Retried
    from flows.summary import IngestSummary
    from flows.verify import Verification
    from schemas.comparison import Comparison
    from schemas.decision import Decision
    from schemas.document import Document
    from schemas.lineage import Lineage
    from schemas.missing import Missing
    from schemas.relations import DuplicateGroup, MissingDocument, Relations
    from schemas.search import SearchResult
    from schemas.status import Health, Status
    from schemas.trend import Trend


class Filters(TypedDict, total=False):
    """Which documents a table speaks about; each must be equal, None is no filter."""

    province: str | None
    city: str | None
    county: str | None
    year: int | None
    role: str | None
    genre: str | None
    level: str | None
    script: str | None


class OpenCorpus:
    """A corpus; a context manager, for one thread. Other processes may read it at the same time.

    The first method that writes takes the writer's lock and keeps it until ``close``. Every method raises
    ``CorpusError`` when the corpus cannot be read or written. ``decide``, ``ledger``, ``packs`` and ``searches`` hold the
    commands below ``duzheng decide`` and so on.
    """

    def __init__(self, home: Path, *, create: bool = False) -> None:
        self.home = home
        self._opened: Corpus | None = Corpus.open(home, create=create)
        self.decide = Deciding(self._corpus)
        self.ledger = Ledger(self._corpus)
        self.notices = Notices(home, self._corpus)
        self.packs = Packs(home, self._corpus)
        self.searches = Searches(self._corpus)
        self.sources = Sources(home, self.close)

    def close(self) -> None:
        """Closes it and gives the writer's lock back; may be called again. Used again, it opens again."""
        if self._opened is not None:
            self._opened.close()
        self._opened = None

    def __enter__(self) -> OpenCorpus:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _corpus(self) -> Corpus:
        if self._opened is None:
            self._opened = Corpus.open(self.home)
        return self._opened

    # Taking in and out

    def ingest(
        self, *paths: PathName, check: bool = False, requirements: Sequence[PathName] = (), retry: bool = False
    ) -> IngestSummary:
        """Take files and folders in; known ones are left alone. What could not be read is in the summary's ``failures``.

        Args:
            paths: files, folders (searched recursively), archives.
            check: afterwards check every plan against its province's pack.
            requirements: the packs for that; naming some means ``check``.
            retry: try again the files that could not be read before.
        """
        from duzheng import settings
        from flows.run import ingest

        self.close()  # the flow opens the corpus itself, as its only writer
        limits = settings.limits()
        return ingest(
            [Path(path) for path in paths],
            self.home,
            retry=retry,
            check=check or bool(requirements),
            requirements=[str(pack) for pack in requirements],
            workers=limits.workers,
            seconds=limits.seconds,
            memory_mb=limits.memory_mb,
        )

    def retry(self, *names: str) -> Retried:
        """Read again, from the kept originals, files that could not be read; what still cannot is in ``failures``.

        Args:
            names: which, by name or the beginning of their SHA-256; all where none is given.
        """
        from duzheng.reading import bounds
        from flows.retry import retry

        self.close()  # the flow opens the corpus itself, as its only writer
        return retry(self.home, names, limits=bounds())

    def export(
        self, out: PathName, *tables: str, form: str | None = None, **filters: Unpack[Filters]
    ) -> Sequence[Written]:
        """Write tables to one file (.xlsx, .csv, .parquet, .jsonl) or, where ``out`` has no ending, to a folder.

        Args:
            out: where.
            tables: which; all where none is named.
            form: the form in a folder; CSV where it is not given.
            filters: which documents.
        """
        from corpus.export import export

        return export(self._corpus(), Path(out), tables, form, **filters)

    def export_all(self, out: PathName) -> Manifest:
        """Write the whole corpus to an archive for ``import_``: a ``.zip`` file, or a folder that is not there yet."""
        return self._corpus().write_archive(Path(out))

    def export_datasette(self, out: PathName) -> Path:
        """Write as YAML what Datasette is told of the corpus's SQLite file: titles, facets, meanings."""
        from corpus.datasette import write

        return write(Path(out))

    def import_(self, archive: PathName) -> Imported:
        """Take an archive of ``export_all`` in; what is there is not doubled, and conflicts are said in the result."""
        return self._corpus().take_archive(Path(archive))

    def status(self) -> Status:
        """How the corpus is: documents, files not read, sources and their runs, index, backup, disk."""
        from flows.status import status

        return status(self.home)

    def health(
        self,
        *,
        run_hours: float | None = None,
        index_behind: int | None = None,
        disk_mb: int = 1024,
        backup_hours: float | None = None,
    ) -> Health:
        """Whether all is well, and the reasons why not; it never raises for what is wrong. See ``flows.health.Expected``."""
        from flows.health import Expected, health

        expected = Expected(run_hours=run_hours, index_behind=index_behind, disk_mb=disk_mb, backup_hours=backup_hours)
        return health(self.home, expected)

    def prune(self, *, keep: int = 365, apply: bool = False) -> Plan:
        """What is no longer needed since more than ``keep`` days; with ``apply`` it is deleted. See ``corpus.retention``."""
        from flows.retention import prune

        self.close()  # what deletes opens the corpus itself, as its only writer
        return prune(self.home, keep, apply=apply)

    def backup(self, path: PathName, *, keep: int | None = None) -> tuple[Path, Sequence[str]]:
        """Add a backup to a folder of backups, or write one ``.zip`` of everything; ``duzheng.restore`` puts it back.

        Args:
            path: the folder, or the file.
            keep: how many backups stay in the folder; all where not given.

        Returns: where it is, and which originals are missing or damaged.
        """
        return self._corpus().write_backup(Path(path), keep)

    # Documents

    def show(self, document: str) -> Document:
        """The document of that identifier.

        Raises:
            CorpusError: there is none.
        """
        from schemas.errors import CorpusError

        found = self._corpus().document(document)
        if found is None:
            raise CorpusError(f"{document}: no document of this id in {self.home} 没有这个编号")
        return found

    def original(self, document: str) -> bytes:
        """The original file of a document; out of an archive or mail, the file in it.

        Raises:
            CorpusError: there is no such document, or its original is gone.
        """
        from duzheng.handover import stored
        from duzheng.reading import bounds
        from flows.drawing import own_file

        found = self.show(document)
        return own_file(stored(self._corpus(), found), found.source.uri, limits=bounds())

    def each_document(self, *, superseded: bool = False, **filters: Unpack[Filters]) -> Iterator[Document]:
        """The documents one by one, in the order in which they were taken in, however many there are.

        ``superseded`` adds those whose file has since changed.
        """
        given = {name: value for name, value in filters.items() if value is not None}
        return self._corpus().documents(superseded=superseded, **given)

    def search(
        self,
        query: str,
        *,
        limit: int = 10,
        offset: int = 0,
        strict: bool = False,
        sort: Sort = "relevance",
        facets: Collection[str] | None = None,
        **filters: str | int | None,
    ) -> SearchResult:
        """The documents that match ``query``, best first; see ``corpus.query`` for the language.

        Args:
            query: what to search for.
            limit: how many documents at most.
            offset: how many to skip.
            strict: no variants, no synonyms, no looser reading.
            sort: by ``date`` the newest come first.
            facets: which of ``corpus.facets.FACETS`` are counted; all where not given.
            filters: ``province="浙江"``, ``year="2020..2022"`` and the query's other fields.

        Raises:
            InvalidQuery: the query or a filter is not possible.
        """
        return self._corpus().search(
            query, limit=limit, offset=offset, strict=strict, sort=sort, facets=facets, **filters
        )

    def similar(self, document: str, *, limit: int = 10) -> SearchResult:
        """The documents that are most like one, by its identifier."""
        return self._corpus().similar(document, limit=limit)

    def compare(self, left: str | Document, right: str | Document) -> Comparison:
        """How ``right`` differs from ``left``, clause by clause; documents or their identifiers."""
        from extractors.alignment import compare_documents

        return compare_documents(self._one(left), self._one(right))

    def lineage(self, document: str | Document, *, depth: int = 3) -> Lineage:
        """Which clauses of a document come from which earlier document of the corpus; ``depth`` steps up the chain."""
        from flows.lineage import lineage

        return lineage(self._corpus(), self._one(document), depth)

    def trend(self, *terms: str, strict: bool = False) -> Trend:
        """In how many documents terms stand, by year, level and province; ``strict`` without variants and synonyms."""
        return self._corpus().trend(terms, strict=strict)

    def missing(self, pack: PathName) -> Missing:
        """Which counties of the pack's province have submitted nothing within its scope."""
        from checks.pack_shelf import load
        from flows.missing import missing

        return missing(self._corpus(), load(str(pack), self.home))

    def relations(self, document: str, *, today: date | None = None) -> Relations:
        """Versions, copies, attachments, citations of a document, and whether it is in force on the day ``today``.

        ``document``: an identifier, or a document number (浙教基〔2020〕70号).
        """
        reader = self._corpus().relations()
        return reader.of(reader.named(document), today or today_in_china())

    def duplicates(self) -> Sequence[DuplicateGroup]:
        """Every group of documents that say the same, the largest first."""
        return self._corpus().relations().duplicates()

    def missing_citations(self) -> Sequence[MissingDocument]:
        """What documents cite and the corpus does not have; the frame of all citations is ``citations``."""
        return self._corpus().relations().missing()

    # Findings

    def standings(
        self, *, state: str = "all", pack: str | None = None, unit: str | None = None, today: date | None = None
    ) -> Sequence[Standing]:
        """The findings of the last checks as objects, with their records and last change; ``findings`` is the frame.

        ``state``: ``open``, ``overdue``, ``new``, ``back`` … (``corpus.states.STATES``).
        """
        from flows.decided import standings

        return standings(self._corpus(), today or today_in_china(), state=state, pack=pack, unit=unit)

    def history(self, finding: str) -> tuple[str, Sequence[Event], Sequence[Decision]]:
        """How a finding came about: its full identifier, what each run made of it, what people decided."""
        return self._corpus().history(finding)

    def matrix(
        self, *, pack: str | None = None, unit: str | None = None, today: date | None = None
    ) -> Sequence[Matrix]:
        """County × requirement of the last checks, a matrix for each pack."""
        from checks.matrix import matrix
        from flows.ledger import checks

        standings = self._corpus().standings(today or today_in_china(), pack=pack, unit=unit)
        return matrix(checks(standings), {str(one.finding.id): one.state for one in standings})

    def verify(self) -> Verification:
        """Read the originals again and confirm every quote byte for byte; what is not confirmed becomes 待核."""
        from duzheng.reading import bounds
        from flows.verify import verify_corpus

        self.close()  # the flow opens the corpus itself, as its only writer
        return verify_corpus(self.home, limits=bounds())

    # Notices

    def digest(self, *, preview: bool = False, target: Sequence[str] = (), today: date | None = None) -> Sequence[Told]:
        """Tell the targets of ``notices.yaml`` what is new since each was last told; gives what became of each.

        Args:
            preview: send nothing, and leave everybody as told as before; the digests are in the result.
            target: only these targets, by their ids.
            today: the day that deadlines are compared with.
        """
        from flows.digest import preview as previewed
        from flows.digest import send

        act = previewed if preview else send
        return act(self._corpus(), self.home, today or today_in_china(), target)

    # Tables

    def tables(self, *names: str, today: date | None = None, **filters: Unpack[Filters]) -> dict[str, pd.DataFrame]:
        """Several tables in one pass over the documents; all where none is named. See ``corpus.columns``."""
        from corpus.columns import TABLES
        from corpus.frames import read

        return read(self._corpus(), names or tuple(TABLES), today=today, **filters)

    def documents(self, **filters: Unpack[Filters]) -> pd.DataFrame:
        """One row a document."""
        return self.tables("documents", **filters)["documents"]

    def communities(self, **filters: Unpack[Filters]) -> pd.DataFrame:
        """One row a member school of a community."""
        return self.tables("communities", **filters)["communities"]

    def targets(self, **filters: Unpack[Filters]) -> pd.DataFrame:
        """One row a quantity that a document promises or demands."""
        return self.tables("targets", **filters)["targets"]

    def tasks(self, **filters: Unpack[Filters]) -> pd.DataFrame:
        """One row a piece of work."""
        return self.tables("tasks", **filters)["tasks"]

    def leaders(self, **filters: Unpack[Filters]) -> pd.DataFrame:
        """One row a person of a leading group."""
        return self.tables("leaders", **filters)["leaders"]

    def citations(self, **filters: Unpack[Filters]) -> pd.DataFrame:
        """One row a 《…》 that names another document."""
        return self.tables("citations", **filters)["citations"]

    def attachments(self, **filters: Unpack[Filters]) -> pd.DataFrame:
        """One row an attachment that a document names."""
        return self.tables("attachments", **filters)["attachments"]

    def scoring(self, **filters: Unpack[Filters]) -> pd.DataFrame:
        """One row a line of a scoring table."""
        return self.tables("scoring", **filters)["scoring"]

    def sections(self, **filters: Unpack[Filters]) -> pd.DataFrame:
        """One row an item of the outline, with its own words."""
        return self.tables("sections", **filters)["sections"]

    def findings(self, *, today: date | None = None, **filters: Unpack[Filters]) -> pd.DataFrame:
        """One row a finding of the latest checks, and how it stands on the day ``today``."""
        return self.tables("findings", today=today, **filters)["findings"]

    def decisions(self, **filters: Unpack[Filters]) -> pd.DataFrame:
        """One row a record of what somebody decided about a finding."""
        return self.tables("decisions", **filters)["decisions"]

    def _one(self, given: str | Document) -> Document:
        return self.show(given) if isinstance(given, str) else given
