"""The databases of the corpus tests, for flows that write a corpus; that of Prefect."""

from __future__ import annotations

from tests.corpus.conftest import each_engine, postgresql, postgresql_server
from tests.prefect_database import has_started

__all__ = ["each_engine", "has_started", "postgresql", "postgresql_server"]
