"""The bars on the real documents, where the folder with them stands beside the checkout; said when it does not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
GOLD = Path(os.environ.get("DUZHENG_GOLD", ROOT.parent / "shared" / "gold"))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not GOLD.is_dir(), reason="the real documents (gold/) are not beside the checkout"),
]


def run(scorer: str, bar: str, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(GOLD / scorer), "--bar", bar, "--show", "--", sys.executable, "-m", "duzheng", *command],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_documents_reach_the_bar_and_all_are_found() -> None:
    scored = run("score.py", "0.97", "parse", "--format", "json")
    assert scored.returncode == 0, scored.stdout[-3000:]
    rows = {
        line.split()[0]: float(line.rsplit(maxsplit=1)[1]) for line in scored.stdout.splitlines() if "found" in line
    }
    assert rows["documents"] == 1.0
    assert {name: f1 for name, f1 in rows.items() if f1 < 0.93} == {}


def test_verdicts_reach_the_bar() -> None:
    scored = run("score_checks.py", "0.95", "check", "--format", "json")
    assert scored.returncode == 0, scored.stdout[-3000:]
