"""What a run must find: a source that lists too little, or nothing new for too long, has failed."""

from __future__ import annotations

import datetime

from schemas.fetching import FetchFailed, Listing
from schemas.source import SourceDefinition


def broken(definition: SourceDefinition, listing: Listing, today: datetime.date) -> list[FetchFailed]:
    """The assertions that a listing breaks, each as the failure of the run that it is (``assertion``)."""
    return [error for error in (_too_few(definition, listing), _too_old(definition, listing, today)) if error]


def _too_few(definition: SourceDefinition, listing: Listing) -> FetchFailed | None:
    least = definition.assertions.min_items
    found = len(listing.items)
    if found >= least:
        return None
    out = listing.left_out
    message = f"只列出 {found} 项，至少应有 {least} 项 / lists {found} items, at least {least} are demanded" + (
        f"（另有 {out} 项被 include、exclude、newer_than 排除 / {out} more are left out by them）" if out else ""
    )
    return _failure(definition, message, "assertions.min_items")


def _too_old(definition: SourceDefinition, listing: Listing, today: datetime.date) -> FetchFailed | None:
    days = definition.assertions.newest_within_days
    if days is None or not (listing.items or definition.assertions.min_items):
        return None
    dates = [item.dated_on for item in listing.items if item.dated_on is not None and item.dated_on <= today]
    if not dates:
        message = "没有一项有日期，无法核对新旧 / no item has a date, so that nobody can tell how old the newest is"
        return _failure(definition, message, "assertions.newest_within_days")
    age = (today - max(dates)).days
    if age <= days:
        return None
    message = (
        f"最新一项是 {max(dates)}，已过 {age} 天，上限 {days} 天 / "
        f"the newest item is of {max(dates)}, {age} days ago, at most {days} are allowed"
    )
    return _failure(definition, message, "assertions.newest_within_days")


def _failure(definition: SourceDefinition, message: str, field: str) -> FetchFailed:
    cure = "请在浏览器中核对网站，必要时更正来源 / look at the site in a browser, correct the source if needed"
    return FetchFailed(definition.url, "assertion", f"{field}：{message}", cure, field=field)
