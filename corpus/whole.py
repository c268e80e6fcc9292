"""An opened corpus as a whole: carried out and taken in, backed up, tidied, counted, and looked over for damage."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.held import Held
from schemas.errors import CorpusError

if TYPE_CHECKING:
    from corpus.retention import Plan
    from corpus.transfer.container import Supply
    from corpus.transfer.manifest import Manifest
    from corpus.transfer.take_in import Imported


def write_archive(held: Held, path: Path) -> Manifest:
    """Writes everything but the index to one archive; see ``Corpus.write_archive``."""
    from corpus.transfer.carry_out import carry_out

    with held.snapshot() as connection:
        return carry_out(connection, held.originals, path)


def take_examined(held: Held, supply: Supply, manifest: Manifest) -> Imported:
    """Takes in an archive in which every row was looked at; see ``Corpus.take_archive``."""
    from corpus.transfer import packs
    from corpus.transfer.take_in import Imported, keep_originals, take_in

    result = Imported()
    held.claim()
    keep_originals(held.originals, supply, manifest, result)
    with held.transaction() as connection:
        take_in(connection, supply, manifest, result)
    packs.take(held.home, supply, manifest, result)
    held.follow()
    return result


def write_backup(held: Held, path: Path, keep: int | None) -> tuple[Path, list[str]]:
    """Adds a backup to a folder of backups, or writes an archive; see ``Corpus.write_backup``."""
    from corpus.backup.make import make, remember
    from corpus.backup.manifest import Last

    if path.suffix.lower() == ".zip":
        made_at = datetime.now(UTC)
        write_archive(held, path)
        remember(held.home, Last(made_at=made_at, place=str(path.absolute())))
        return path, []
    made, backup = make(held.store(), held.home, held.originals, path, keep)
    return made, backup.problems


def prunable(held: Held, before: datetime) -> Plan:
    """What is no longer needed of all that was last needed before a moment; see ``corpus.retention``."""
    from corpus.retention import plan

    with held.snapshot() as connection:
        return plan(connection, held.home, held.originals, before)


def prune(held: Held, before: datetime) -> Plan:
    """Takes away what ``prunable`` names, and says what that was."""
    from corpus.retention import plan, remove_files, say, take_away

    with held.transaction() as connection:
        made = plan(connection, held.home, held.originals, before)
        if made.things:
            take_away(connection, held.home, held.originals, made)
    remove_files(held.originals, made)
    say(made.things)
    return made


def status(held: Held) -> dict[str, int]:
    """Counts; see ``Corpus.status``."""
    counts = held.store().counts()
    seq = counts.pop("seq")
    index = held.index.existing()
    return counts | {
        "originals": sum(1 for _ in held.originals.names()),
        "indexed": index.count() if index else 0,
        "index_behind": seq - index.watermark if index else seq,
    }


def verify(held: Held) -> list[str]:
    """What is wrong with the store, the originals, the decisions and the index; see ``Corpus.verify``."""
    store = held.store()
    problems = store.problems()
    if problems:
        return problems  # what such a database says of the rest is worth nothing
    kept = set(held.originals.names())
    for name in sorted(kept | set(store.files.source_names())):
        try:
            held.originals.read(name)
        except CorpusError as error:
            problems.append(str(error))
    return problems + store.findings.broken_decisions() + held.index.problems()
