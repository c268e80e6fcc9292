"""The demonstration runs from nothing to a report, quietly, and again without reading anything twice."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent

pytestmark = pytest.mark.slow


def demo(folder: Path, home: Path, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("DUZHENG", "PREFECT", "DO_NOT"))}
    environment |= {"HOME": str(folder), "COLUMNS": "100"} | more
    command = [sys.executable, "-m", "duzheng", "demo", "--home", str(home), "--samples", str(ROOT / "samples")]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300
    )


@pytest.fixture(scope="module")
def runs(
    tmp_path_factory: pytest.TempPathFactory, prefect_server: str
) -> tuple[Path, Path, list[subprocess.CompletedProcess[str]]]:
    """The first starts a server of its own; the second is given the one of the tests, which it need not wait for."""
    folder = tmp_path_factory.mktemp("user with space")
    home = folder / "演示 demo"
    return folder, home, [demo(folder, home), demo(folder, home, PREFECT_API_URL=prefect_server)]


Runs = tuple[Path, Path, list[subprocess.CompletedProcess[str]]]


def test_it_succeeds_twice_without_a_word_on_standard_error(runs: Runs) -> None:
    for run in runs[2]:
        assert (run.returncode, run.stderr) == (0, "")


def test_the_second_run_reads_nothing(runs: Runs) -> None:
    first, second = (run.stdout for run in runs[2])
    assert "新读 read 0" not in first
    assert "新读 read 0" in second


def test_the_matrix_has_a_row_for_every_county_and_a_legend(runs: Runs) -> None:
    for run in runs[2]:
        for county in ("青岚县", "白芷县", "澄泉县", "禾塬县", "望嵩县", "云汀县", "柳溪县", "樟坞县"):
            assert any(county in line and "/" in line for line in run.stdout.splitlines()), county
        assert "∅ 未见" in run.stdout
        assert "R01–R20" in run.stdout
        assert "Z01–Z14" in run.stdout


def test_a_file_that_cannot_be_read_is_named_and_its_original_kept(runs: Runs) -> None:
    _, home, (first, _) = runs
    assert ".wps" in first.stdout
    (sample,) = (ROOT / "samples").rglob("henan/**/*.wps")
    kept = [path for path in (home / "originals").rglob("*") if path.is_file()]
    assert sample.read_bytes() in [path.read_bytes() for path in kept]


def test_both_searches_mark_their_hits_in_the_script_of_the_document(runs: Runs) -> None:
    for run in runs[2]:
        assert "【同步课堂】" in run.stdout
        assert "【教育共同体】" in run.stdout
        assert "【教育共同體】" in run.stdout


def test_report_and_ledger_are_there_and_the_end_says_where(runs: Runs) -> None:
    _, home, (first, second) = runs
    for name in ("report.html", "问题台账.xlsx"):
        path = home / "reports" / name
        assert path.stat().st_size > 5000
        assert str(path) in first.stdout
        assert str(path) in second.stdout
    page = (home / "reports" / "report.html").read_text(encoding="utf-8")
    assert "青岚县" in page
    assert "http://" not in page.replace("http://www.w3.org", "")


def test_nothing_is_written_outside_the_folder_it_was_given(runs: Runs) -> None:
    folder, home, _ = runs
    assert [path.name for path in folder.iterdir()] == [home.name]


def test_the_commands_it_proposes_work(runs: Runs) -> None:
    folder, _, (first, _) = runs
    (proposal,) = [line.strip() for line in first.stdout.splitlines() if line.strip().startswith("duzheng show")]
    command = f"{shlex.quote(sys.executable)} -m {proposal}"
    run = subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    assert "发文机关" in run.stdout
