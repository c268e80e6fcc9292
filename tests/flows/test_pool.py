"""One hostile file costs that file only."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from extractors.readers.progress import advance
from flows.pool import AHEAD, Limits, Pool, PoolClosed, Work, attempt, packed, unpacked
from schemas.document import PageBox, Span
from schemas.outcome import Outcome, SourceFile


def behave(file: SourceFile, attachments: Sequence[SourceFile]) -> Outcome:
    """A reader that does to its process what the file says."""
    order = file.data.decode()
    if order == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if order == "abort":
        os.abort()
    if order == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if order == "exit":
        os._exit(3)
    if order == "hang":
        time.sleep(3600)
    if order == "eat":
        bytearray(16 * 1024**3)
    if order == "raise":
        raise RuntimeError("unforeseen")
    if order == "pages":
        for _ in range(8):
            time.sleep(0.5)
            advance()
    if order == "endless":
        while True:
            time.sleep(0.1)
            advance()
    if order.startswith("slow"):
        time.sleep(0.3)
    return Outcome(uri=file.uri, sha256=str(os.getpid()), bytes=len(file.data), media_type="text/plain")


SECONDS = 6.0
"""Less than a reader that hangs, and enough for the others on a machine that does much else."""


def run(orders: Sequence[str], **limits: object) -> list[Outcome]:
    works = [Work(SourceFile(uri=f"{n}-{order}", data=order.encode())) for n, order in enumerate(orders)]
    with Pool(Limits(**{"workers": 2, "seconds": 5.0, **limits}), parse=behave) as pool:  # type: ignore[arg-type]
        return list(pool.read(works))


@pytest.mark.parametrize(
    ("order", "cause"),
    [("crash", "reader_failed"), ("raise", "reader_failed"), ("eat", "over_limit"), ("hang", "over_limit")],
)
def test_a_bad_file_is_recorded_and_all_others_are_read(order: str, cause: str) -> None:
    outcomes = run(["a", "b", order, "c", "d"], seconds=SECONDS)
    assert [o.uri for o in outcomes] == ["0-a", "1-b", f"2-{order}", "3-c", "4-d"]
    failures = [o.failure for o in outcomes if o.failure]
    assert [(f.uri, f.cause) for f in failures] == [(f"2-{order}", cause)]
    assert "\n" not in str(failures[0])


@pytest.mark.parametrize(
    ("order", "cause", "words"),
    [
        ("crash", "reader_failed", "崩溃 / the reader crashed (signal 11, SIGSEGV)"),
        ("abort", "reader_failed", "中止"),
        ("killed", "over_limit", "内存不足"),
        ("exit", "reader_failed", "意外退出 / the reader ended by itself (status 3)"),
        ("eat", "over_limit", "需要的内存超过上限 / needs more memory"),
        ("raise", "reader_failed", "读取时出错 / the reader failed: RuntimeError: unforeseen"),
        ("hang", "over_limit", "6 秒内未读完 / not read within 6 seconds"),
    ],
)
def test_what_ended_a_reader_is_said_in_words(order: str, cause: str, words: str) -> None:
    (failure,) = [o.failure for o in run([order], seconds=SECONDS)]
    assert failure is not None
    assert failure.cause == cause
    assert words in failure.message
    assert " / " in failure.cure


@pytest.mark.parametrize("suffix", [".pdf", ".docx", ".html", ".xlsx"])
def test_an_outcome_comes_out_of_the_worker_as_it_was_made(suffix: str) -> None:
    path = min((Path(__file__).parents[2] / "samples").rglob(f"*/*{suffix}"))
    file = SourceFile(str(path), path.read_bytes())
    outcome = attempt(Work(file))
    assert outcome.documents
    assert unpacked(packed(outcome), file) == outcome


def test_what_json_cannot_say_comes_out_all_the_same_or_is_a_failure_of_its_file() -> None:
    file = SourceFile("a.txt", "关于做好有关工作的通知\n各学校：\n现将有关事项通知如下。".encode())
    odd = Outcome.model_construct(uri="a.txt", sha256="", bytes=0, media_type="\ud800", documents=[])
    assert unpacked(packed(odd), file) == odd
    outcome = attempt(Work(file))
    no_number = PageBox(page=1, x0=float("nan"), top=0, x1=1, bottom=1)
    outcome.documents[0].spans["title"] = Span(start=0, end=1, boxes=[no_number])
    failure = unpacked(packed(outcome), file).failure
    assert failure is not None
    assert failure.cause == "reader_failed"
    assert "x0" in failure.message


def test_every_crash_is_counted_against_its_own_file() -> None:
    outcomes = run(["crash", "crash", "a", "crash"])
    assert [o.failure is None for o in outcomes] == [False, False, True, False]


def test_results_keep_the_order_of_the_work_however_long_a_file_takes() -> None:
    outcomes = run(["slow", "a", "b", "slow", "c"])
    assert [o.uri for o in outcomes] == ["0-slow", "1-a", "2-b", "3-slow", "4-c"]


def test_a_worker_is_replaced_after_its_number_of_files() -> None:
    outcomes = run(["a"] * 6, workers=1, files_per_worker=2)
    assert len({o.sha256 for o in outcomes}) == 3


def test_a_long_file_that_gets_on_page_by_page_is_read_to_its_end() -> None:
    assert run(["pages"], seconds=3.0)[0].failure is None


def test_a_file_that_never_ends_is_stopped_however_busy_it_looks() -> None:
    (outcome,) = run(["endless"], seconds=2.0, seconds_in_all=3.0)
    assert outcome.failure is not None
    assert outcome.failure.cause == "over_limit"
    assert "3 seconds" in outcome.failure.message


@pytest.mark.parametrize("order", ["crash", "raise", "eat", "hang"])
def test_forked_workers_keep_the_same_promise(order: str) -> None:
    works = [Work(SourceFile(uri=name, data=name.encode())) for name in ("a", order, "b")]
    with Pool(Limits(workers=2, seconds=SECONDS), parse=behave, start="fork") as pool:
        outcomes = list(pool.read(works))
    assert [o.failure is None for o in outcomes] == [True, False, True]


def test_nothing_to_read_starts_no_process() -> None:
    with Pool(Limits(workers=2), parse=behave) as pool:
        assert list(pool.read([])) == []
        assert not pool._idle


def test_a_killed_parent_leaves_no_worker_behind(tmp_path: Path) -> None:
    program = (
        "from pathlib import Path\n"
        "from tests_pool_stall import stall\n"
        "from flows.pool import Limits, Pool, Work\n"
        "from schemas.outcome import SourceFile\n"
        "if __name__ == '__main__':\n"
        "  with Pool(Limits(workers=1), parse=stall) as pool:\n"
        f"    list(pool.read([Work(SourceFile({str(tmp_path / 'pid')!r}, b''))]))\n"
    )
    (tmp_path / "tests_pool_stall.py").write_text(
        "import os, time\n"
        "from pathlib import Path\n"
        "def stall(file, attachments):\n"
        "    Path(file.uri).write_text(str(os.getpid()))\n"
        "    time.sleep(600)\n",
        encoding="utf-8",
    )
    (tmp_path / "main.py").write_text(program, encoding="utf-8")
    path = os.pathsep.join([str(tmp_path), *sys.path])
    parent = subprocess.Popen([sys.executable, str(tmp_path / "main.py")], env=os.environ | {"PYTHONPATH": path})
    try:
        worker = int(eventually(lambda: (tmp_path / "pid").is_file() and (tmp_path / "pid").read_text()))
    finally:
        parent.kill()
        parent.wait()
    eventually(lambda: not Path(f"/proc/{worker}").exists())


def test_closing_the_pool_ends_a_reader_in_another_thread_at_once() -> None:
    ended: list[BaseException] = []

    def read() -> None:
        try:
            list(pool.read([Work(SourceFile("a", b"hang"))]))
        except PoolClosed as error:
            ended.append(error)

    with Pool(Limits(workers=1, seconds=600.0), parse=behave) as pool:
        thread = threading.Thread(target=read)
        thread.start()
        eventually(lambda: pool._busy)
    thread.join(timeout=10)
    assert len(ended) == 1


def eventually(condition: Callable[[], object], seconds: float = 20.0) -> str:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return str(value)
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} seconds")


def test_work_is_taken_only_as_it_is_needed() -> None:
    taken = 0

    def works() -> object:
        nonlocal taken
        for n in range(50):
            taken += 1
            yield Work(SourceFile(uri=str(n), data=b"a"))

    with Pool(Limits(workers=2), parse=behave) as pool:
        stream = pool.read(works())  # type: ignore[arg-type]
        next(stream)
        assert taken <= 2 * AHEAD
