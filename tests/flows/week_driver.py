"""Runs of sources, each in a process of its own that may be killed: forked from one that has loaded everything.

Reads lines from standard input and answers each with one: ``run {json}`` starts a run and gives its process id,
``wait PID`` gives how that ended (a negative number is a signal). What the runs log goes to ``log``, a line of JSON each.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import flows.collect
import sources.fetch.waits
from flows.batches import Counter
from flows.pool import Pool, parse
from flows.settling import Units
from schemas.errors import DuzhengError
from schemas.logs import configure
from tests.sources.site import Site, notice, wordfile


def here(batches: Iterable[Units], pool: Pool, finished: Counter) -> Iterator[Units]:
    """Batches read in this process: the worker pool has tests of its own, and its start costs more than a run."""
    for batch in batches:
        batch.outcomes = [parse(work.file, work.attachments) for work in batch.works]
        yield batch


def run(home: str, source: str, today: str, log: str, begun: str, database: str, most_bytes: int | None) -> int:
    """One run in this process; the file ``begun`` is there as soon as the run is recorded as running."""
    if database:
        os.environ["DUZHENG_DATABASE"] = database
    os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644), 2)
    listing = flows.collect.list_items

    def marked(*arguments: Any) -> Any:
        Path(begun).touch()
        if most_bytes is not None:
            # A file may not grow beyond this: the disk is full, for this process.
            resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
        return listing(*arguments)

    flows.collect.list_items = marked
    flows.collect.BATCH_SECONDS = 0.2
    sources.fetch.waits._BACK_OFF = 0.05
    configure("json", "info")
    try:
        ended = flows.collect.collect(Path(home), source, reading=here, today=date.fromisoformat(today))
    except DuzhengError as error:
        said = {"event": "ended", "source": source, "error": type(error).__name__, "message": str(error)}
        print(json.dumps(said), file=sys.stderr, flush=True)
        return 2
    return 0 if ended.status == "ok" else 1


def load() -> None:
    """Have everything loaded that a run needs, by a run that takes in a file of each format."""
    with tempfile.TemporaryDirectory() as made, Site.serving() as site:
        home = Path(made)
        (home / "sources").mkdir()
        definition = site.definition("json", id="loading")
        (home / "sources" / "loading.yaml").write_text(definition.model_dump_json(exclude_unset=True), encoding="utf-8")
        for number in (1, 2):
            site.publish(notice(number, files=(wordfile("附件1 名单.docx", "名单", "云汀县上畈小学"),)))
        assert flows.collect.collect(home, "loading", reading=here).status == "ok"


def main() -> None:
    """Serve until standard input ends."""
    os.environ.pop("DUZHENG_DATABASE", None)  # each run is told its own
    load()
    for line in sys.stdin:
        command, _, rest = line.strip().partition(" ")
        if command == "run":
            child = os.fork()
            if child == 0:
                status = 3
                try:
                    status = run(**json.loads(rest))
                finally:
                    os._exit(status)
            print(child, flush=True)
        else:
            print(os.waitstatus_to_exitcode(os.waitpid(int(rest), 0)[1]), flush=True)


if __name__ == "__main__":
    main()
