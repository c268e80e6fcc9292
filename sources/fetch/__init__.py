"""Asking servers: politely, within bounds, and only what a source allows.

``Fetcher(definition).ask(url)`` is all that other rooms need; ``Pace`` and ``Clock`` are what tests put in its place.
"""

from __future__ import annotations

from sources.fetch.bounds import Bounds
from sources.fetch.clock import Clock
from sources.fetch.fetcher import Fetcher
from sources.fetch.pace import Pace

__all__ = ["Bounds", "Clock", "Fetcher", "Pace"]
