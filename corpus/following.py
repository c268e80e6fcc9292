"""``python -m corpus.following HOME``: brings what is derived up to what is stored, in a process of its own.

For much of it: in a server's own process every page would wait for its turn with it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from corpus.corpus import Corpus
from schemas.china_time import today_in_china
from schemas.errors import CorpusBusy

_NICE = 5
BUSY = 75
"""The status that says that another process is writing (EX_TEMPFAIL of sysexits.h)."""


def main(home: Path) -> int:
    """Catches up; the status of the process."""
    os.nice(_NICE)
    try:
        with Corpus.open(home) as corpus:
            corpus.catch_up(today_in_china())
    except CorpusBusy:
        return BUSY
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
