"""One polite pace for each host, whoever asks."""

from __future__ import annotations

import threading
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sources.fetch import Pace
from tests.sources.fake_clock import FakeClock


def test_threads_that_ask_one_host_take_turns(clock: Any) -> None:
    """Turns are noted by the pace itself, under its lock: the fake clock may go on between a turn and its noting."""
    pace, taken = Pace(clock), _Noted()
    pace._asked = taken

    def ask() -> None:
        for _ in range(5):
            pace.turn("a.cn", 2.0)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken.times) == 40
    assert all(later - earlier >= 2.0 for earlier, later in zip(taken.times, taken.times[1:], strict=False))
    # No turn is wasted either: nobody waits longer than needed.
    assert taken.times[-1] - taken.times[0] == 39 * 2.0


class _Noted(dict[str, tuple[float, float]]):
    def __init__(self) -> None:
        super().__init__()
        self.times: list[float] = []

    def __setitem__(self, host: str, value: tuple[float, float]) -> None:
        self.times.append(value[0])
        super().__setitem__(host, value)


def test_other_hosts_do_not_wait(clock: Any) -> None:
    pace = Pace(clock)
    for host in ("a.cn", "b.cn", "c.cn"):
        pace.turn(host, 10.0)
    assert clock.slept == []


def test_of_two_paces_the_slower_one_counts(clock: Any) -> None:
    pace = Pace(clock)
    pace.turn("a.cn", 10.0)
    pace.turn("a.cn", 1.0)
    pace.turn("a.cn", 10.0)
    assert clock.slept == [10.0, 10.0]


def test_a_host_that_is_held_waits_for_everyone_and_only_as_long(clock: Any) -> None:
    pace = Pace(clock)
    pace.turn("a.cn", 1.0)
    pace.hold("a.cn", 30.0)
    pace.hold("a.cn", 5.0)
    assert pace.held_for("a.cn") == 30.0
    pace.turn("a.cn", 1.0)
    assert clock.slept == [30.0]
    assert (pace.held_for("a.cn"), pace.held_for("b.cn")) == (0.0, 0.0)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.floats(0, 100), st.floats(0, 50)), max_size=30))
def test_no_two_requests_come_closer_than_both_their_paces(asked: list[tuple[str, float, float]]) -> None:
    clock = FakeClock()
    pace = Pace(clock)
    last: dict[str, tuple[float, float]] = {}
    for host, seconds, idle in asked:
        clock.time += idle
        pace.turn(host, seconds)
        at = clock.monotonic()
        if host in last:
            before, gap = last[host]
            assert at - before >= max(gap, seconds) - 1e-6
        last[host] = (at, seconds)
