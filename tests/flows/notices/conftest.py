"""Servers that take what is sent, a corpus with plans to tell of, and who is to be told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from checks.engine import check
from checks.pack import load
from corpus.corpus import Corpus
from extractors.parse import parse
from schemas.outcome import SourceFile
from tests.corpus.conftest import each_engine, postgresql  # noqa: F401
from tests.flows.notices.servers import PLAN, Hook, Mailbox


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail server that keeps what it takes."""
    box = Mailbox()
    yield box
    box.close()


@pytest.fixture
def hook() -> Iterator[Hook]:
    """A web server that keeps what is posted to it."""
    server = Hook()
    yield server
    server.close()


@pytest.fixture
def take_plan() -> Callable[..., None]:
    """Takes a county's plan into a corpus and checks it, as an ingest with --check does."""

    def take(
        home: Path,
        county: str = "甲子县",
        share: int = 65,
        *,
        number: int = 8,
        today: date = date(2025, 11, 1),
        text: str | None = None,
        uri: str | None = None,
    ) -> None:
        content = text or PLAN.format(county=county, short=county[0], share=share, number=number)
        data = content.encode()
        with Corpus.open(home, create=True) as corpus:
            corpus.keep(data)
            corpus.record([parse(SourceFile(uri or f"{county}.txt", data))])
            plans = [one for one in corpus.documents(role="plan") if one.source.uri == (uri or f"{county}.txt")]
            corpus.record_checks([check(one, load("henan-2025"), today=today) for one in plans])

    return take


@pytest.fixture
def write_targets() -> Callable[..., None]:
    """Writes ``notices.yaml``: targets as mappings."""

    def write(home: Path, *targets: dict[str, Any]) -> None:
        import yaml

        home.mkdir(parents=True, exist_ok=True)
        (home / "notices.yaml").write_text(
            yaml.safe_dump({"targets": list(targets)}, allow_unicode=True), encoding="utf-8"
        )

    return write
