"""Serves the plan in a file, whose cron lines may have seconds; what ``duzheng schedule`` does with that of a corpus."""

from __future__ import annotations

import json
from pathlib import Path

from flows.planned import Planned
from flows.schedule import Settings, serve
from schemas.errors import DuzhengError


def main(home: Path, plan: Path) -> None:
    def planned() -> tuple[list[Planned], list[DuzhengError]]:
        return [Planned(**one) for one in json.loads(plan.read_text(encoding="utf-8"))], []

    serve(home, Settings(port=None, poll_seconds=1), planned, lambda started: print(started.url, flush=True))
