"""A server that is started on a corpus of an earlier version brings it up to date, and no page does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.corpus import Corpus
from corpus.migrations import latest
from duzheng.web.opened import Corpora
from schemas.errors import CorpusError
from tests.corpus.conftest import make_older

__all__ = ["make_older"]


def test_the_start_of_a_server_brings_an_earlier_corpus_up_to_date_and_a_page_does_not(
    tmp_path: Path, make_older: Callable[[Path, int], None]
) -> None:
    with Corpus.open(tmp_path, create=True):
        pass
    make_older(tmp_path, latest() - 1)
    corpora = Corpora(tmp_path)
    with pytest.raises(CorpusError, match="duzheng status --home"), corpora.reading():
        pass
    assert not list(tmp_path.glob("corpus.schema*"))
    corpora.caught_up()
    with corpora.reading() as corpus:
        assert corpus.glance() == (0, 0)
    assert (tmp_path / f"corpus.schema{latest() - 1}.sqlite").exists()
    corpora.close()
