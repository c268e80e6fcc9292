"""The databases of the corpus tests, for flows that write a corpus."""

from __future__ import annotations

from tests.corpus.conftest import each_engine, postgresql, postgresql_server

__all__ = ["each_engine", "postgresql", "postgresql_server"]
