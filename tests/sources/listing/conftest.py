"""Servers made of a dictionary: what list pages hold, by address."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping

import pytest

from schemas.fetching import Answer, FetchFailed, Listing
from schemas.source import SourceDefinition
from sources.listing import list_items

Pages = Mapping[str, str | bytes]
TODAY = datetime.date(2025, 3, 10)


def asking(pages: Pages, asked: list[str] | None = None) -> Callable[[str], Answer]:
    """An ``ask`` that answers from ``pages``, 404 for all else."""

    def ask(url: str) -> Answer:
        if asked is not None:
            asked.append(url)
        if url not in pages:
            raise FetchFailed(url, "http_status", "404", status=404)
        body = pages[url]
        data = body.encode() if isinstance(body, str) else body
        return Answer(url, url, 200, (), data, datetime.datetime(2025, 3, 10, tzinfo=datetime.UTC))

    return ask


@pytest.fixture
def listed() -> Callable[..., Listing]:
    """List a source: ``listed(pages, kind=…, url=…, …)``, on 10 March 2025."""

    def call(pages: Pages, *, asked: list[str] | None = None, **fields: object) -> Listing:
        fields = {"id": "s", "title": "来源", "url": "http://jyj.example.cn/tz/"} | fields
        return list_items(SourceDefinition.model_validate(fields), asking(pages, asked), TODAY)

    return call
