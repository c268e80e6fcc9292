"""The databases of the corpus tests, for flows that write a corpus; the process that forks runs."""

from __future__ import annotations

from tests.corpus.conftest import each_engine, postgresql
from tests.flows.forked_runs import forking

__all__ = ["each_engine", "forking", "postgresql"]
