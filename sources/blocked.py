"""Pages that stand in for a document: a firewall's, a log-in, an error with status 200, one that scripts build.

Such an answer is a failure and never a version of the document. What tells them apart is what our reader of web pages
knows (``extractors.readers.html``); here it is asked of answers.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import cast

from extractors.readers import formats
from schemas.fetching import Answer, FetchCause, FetchFailed, Listing
from schemas.source import SourceDefinition
from sources import listing, pages

_CAUSES = frozenset({"block_page", "login_page", "error_page", "script_only"})

_NEVER_PAGES = frozenset({"pdf", "docx", "xlsx", "xlsb", "ofd", "odt", "ods", "wps", "rtf", "zip", "rar", "7z"})
"""Formats under whose names no system serves web pages; under .doc and .xls some export them."""

Ask = Callable[[str], Answer]


def stand_in(answer: Answer) -> FetchFailed | None:
    """Why an answer is no document, None where nothing speaks against it.

    Args:
        answer: with status 200. Of an attachment, whose address ends in ``.pdf`` or the like, any web page is an error.
    """
    if not answer.body.strip():
        return FetchFailed(
            answer.url,
            "error_page",
            "服务器答复 200，但内容是空的 / the server answers 200 with nothing",
            "下次运行会再试 / the next run tries again",
            answer.status,
        )
    if not pages.is_page(answer.body, answer.final_url):
        return None
    refused = pages.examine(answer.body, answer.final_url).refused
    if refused is not None and refused.cause in _CAUSES:
        cause = cast(FetchCause, refused.cause)
        return FetchFailed(answer.url, cause, refused.message, refused.cure, answer.status)
    promised = formats.by_extension(answer.final_url) or formats.by_extension(answer.url)
    if promised is not None and promised.key in _NEVER_PAGES:
        return FetchFailed(
            answer.url,
            "error_page",
            f"应为{promised.chinese}，得到的是网页 / a web page came instead of a {promised.english}",
            "请在浏览器中打开核对 / open it in a browser",
            answer.status,
        )
    return None


def list_items(definition: SourceDefinition, ask: Ask, today: datetime.date | None = None) -> Listing:
    """What a source lists (``sources.listing.list_items``); a list that a block page or log-in stands in for says so.

    Without this, such a page would be reported as a selector that finds nothing.

    Raises:
        FetchFailed: as of ``listing.list_items`` and ``stand_in``.
    """
    last: list[Answer] = []

    def remembering(url: str) -> Answer:
        last[:] = [ask(url)]
        return last[0]

    try:
        return listing.list_items(definition, remembering, today)
    except FetchFailed as failed:
        # Only then: a list that is read well may look like a log-in page to a reader that looks for an article.
        better = stand_in(last[0]) if failed.cause == "listing" and last else None
        if better is None or better.cause == "script_only":
            raise
        said = f"{better.message}；{failed.message}"
        raise FetchFailed(better.url, better.cause, said, better.cure, better.status, failed.field) from failed
