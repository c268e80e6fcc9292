"""The clock by which plans are due, notices appear and schedules run: China's, wherever the program runs."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


def today_in_china() -> date:
    """The day it is in China. A server that keeps UTC has yesterday's date until eight in the morning there."""
    return datetime.now(CHINA).date()
