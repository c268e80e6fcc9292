"""An archive into a folder in which there may be no corpus yet: a refused one leaves the folder as it was."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from corpus.corpus import Corpus
from corpus.database import Database
from corpus.transfer.examine import opened
from corpus.transfer.take_in import Imported


def take_whole(home: Path, path: Path) -> Imported:
    """Take an archive into the corpus in ``home``, which is made when every row was looked at.

    Raises:
        CorpusError: it is no archive, it was changed, or there is no room; where there was no corpus there is none then,
            except that a new database of PostgreSQL keeps the empty tables.
    """
    with opened(path, home) as (supply, manifest), _undone(home), Corpus.open(home, create=True, write=True) as corpus:
        return corpus.take_examined(supply, manifest)


@contextmanager
def _undone(home: Path) -> Iterator[None]:
    """On any error takes away what was made in a folder without a corpus, and the folders made for it."""
    if Database.of(home).joined().exists():
        yield
        return
    above = [folder for folder in home.absolute().parents if not folder.exists()]
    there = set(home.iterdir()) if home.is_dir() else None
    try:
        yield
    except BaseException:
        for made in set(home.iterdir() if home.is_dir() else ()) - (there or set()):
            shutil.rmtree(made) if made.is_dir() else made.unlink()
        if there is None:
            with suppress(OSError):
                for folder in (home, *above):
                    folder.rmdir()
        raise
