"""The databases of the corpus tests, for flows that write a corpus; that of Prefect; the process that forks runs."""

from __future__ import annotations

from tests.corpus.conftest import each_engine, postgresql, postgresql_server
from tests.flows.forked_runs import forking
from tests.prefect_database import has_started

__all__ = ["each_engine", "forking", "has_started", "postgresql", "postgresql_server"]
