"""Of a batch that is recorded nothing stays in memory, whatever Prefect holds of its tasks."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from flows import batches
from flows.batches import Batch, Counter, through
from flows.pool import Pool, Work
from schemas.outcome import Outcome, SourceFile


def test_a_batch_is_emptied_when_the_next_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def submit(batch: Batch, pool: Pool, finished: Counter) -> SimpleNamespace:
        batch.outcomes = [
            Outcome(uri=work.file.uri, sha256="0" * 64, bytes=1, media_type="text/plain") for work in batch.works
        ]
        return SimpleNamespace(result=lambda: None)

    monkeypatch.setattr(batches, "read_batch", SimpleNamespace(submit=submit))
    given = [Batch([Work(SourceFile(f"{number}.txt", b"x"))]) for number in range(4)]
    seen = []
    with Pool() as pool:
        for batch in through(given, pool, Counter(None)):
            seen += [outcome.uri for outcome in batch.outcomes]
            assert sum(bool(one.outcomes or one.prepared) for one in given) <= 2
    assert seen == ["0.txt", "1.txt", "2.txt", "3.txt"]
    assert not any(one.works or one.outcomes or one.prepared for one in given)
