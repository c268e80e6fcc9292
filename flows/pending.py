"""What of the given paths is not in the corpus yet, told by content hash alone.

This needs neither a reader nor Prefect, so an ingest that finds nothing new ends here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from flows.discover import Found, hashed, name
from schemas.outcome import Failure

if TYPE_CHECKING:
    from corpus.corpus import Corpus


@dataclass(slots=True)
class Pending:
    """``new`` is to be read; ``seen`` (name and SHA-256) is there already, under that name or another.

    ``failed_before`` could not be read by this version of the readers and is not tried again; ``unopened`` could not
    even be opened. ``files`` counts them all, attachments with their document.
    """

    files: int = 0
    known: int = 0
    new: list[Found] = field(default_factory=list)
    seen: list[tuple[str, str]] = field(default_factory=list)
    failed_before: list[Failure] = field(default_factory=list)
    unopened: list[Failure] = field(default_factory=list)


def pending(corpus: Corpus, paths: Sequence[Path], *, retry: bool = False) -> Pending:
    """Compare the files below ``paths`` with the corpus.

    A document is known when its file was read before with the same attachments beside it. The same content under two
    names is read once.

    Raises:
        NoSuchPath: a path does not exist.
    """
    found, unopened = hashed(paths)
    result = Pending(files=len(found) + len(unopened), unopened=unopened)
    unchanged = corpus.unchanged({one.sha256: one.attachment_names() for one in found})
    failed = {} if retry else corpus.failed({one.sha256 for one in found} - unchanged)
    taken: set[str] = set()
    for one in found:
        if one.sha256 in unchanged or one.sha256 in taken:
            result.known += 1
            result.seen.append((name(one.main), one.sha256))
        elif one.sha256 in failed:
            recorded = failed[one.sha256]
            result.failed_before.append(recorded.model_copy(update={"uri": name(one.main)}))
        else:
            result.new.append(one)
            taken.add(one.sha256)
    return result
