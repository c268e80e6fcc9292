"""A worker that is forked has its lexicons from the start."""

from __future__ import annotations

import time

from flows.pool import Job, Limits, Pool
from schemas.outcome import SourceFile

PLAN = "甲县教育局关于城乡学校共同体的通知\n一、目标\n到2025年，65%的學校納入。\n"


def _seconds(file: SourceFile) -> tuple[float, float]:
    """Processor time of reading a file for the first time in this process and for the second."""
    from extractors.parse import parse

    taken = []
    for _ in range(2):
        began = time.process_time()
        parse(file)
        taken.append(time.process_time() - began)
    return taken[0], taken[1]


def test_the_first_file_of_a_worker_costs_what_the_second_costs() -> None:
    with Pool(Limits(workers=1)) as pool:
        (found,) = pool.run([Job(SourceFile("a.txt", PLAN.encode()), _seconds)])
    assert isinstance(found, tuple)
    first, second = found
    assert first < 20 * second, "without its lexicons it costs two hundred times as much"
