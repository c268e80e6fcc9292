"""The day on which something is due is China's."""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo

import pytest

from schemas import china_time


@pytest.mark.parametrize(
    ("hour", "day"), [(15, date(2026, 3, 1)), (16, date(2026, 3, 2)), (23, date(2026, 3, 2))], ids=["15", "16", "23"]
)
def test_the_new_day_begins_at_four_in_the_afternoon_of_greenwich(
    monkeypatch: pytest.MonkeyPatch, hour: int, day: date
) -> None:
    class Then(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Then:
            assert tz is not None, "the clock of the machine says nothing about the day in China"
            at = datetime(2026, 3, 1, hour, 30, tzinfo=UTC).astimezone(tz)
            return cls(at.year, at.month, at.day, at.hour, at.minute, tzinfo=tz)

    monkeypatch.setattr(china_time, "datetime", Then)
    assert china_time.today_in_china() == day
