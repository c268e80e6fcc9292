"""How long to wait before a request is tried again."""

from __future__ import annotations

import datetime
import re
from email.utils import parsedate_to_datetime

RETRIED_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses that may be another one the next time; 404 or 403 will be the same."""

_BACK_OFF = 1.0
"""Seconds before the first retry; doubled for each further one."""


def back_off(attempt: int, at_least: float, longest: float) -> float:
    """Seconds before the retry that follows attempt ``attempt`` (from 0)."""
    return min(longest, max(_BACK_OFF, at_least) * 2.0**attempt)


def retry_after(value: str | None, date: str | None, now: datetime.datetime) -> float | None:
    """Seconds that a server asks to wait (RFC 9110, 10.2.3: a number of seconds or a date); None where it does not.

    Args:
        value: the header ``Retry-After``.
        date: the header ``Date`` of the same answer: the difference of the two does not depend on whose clock is right.
        now: the time here, where there is no ``Date``.
    """
    text = (value or "").strip()
    if re.fullmatch(r"[0-9]{1,9}", text):
        return float(text)
    until = _moment(text)
    if until is None:
        return None
    return max(0.0, (until - (_moment(date or "") or now)).total_seconds())


def _moment(text: str) -> datetime.datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=datetime.UTC)
