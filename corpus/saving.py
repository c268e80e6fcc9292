"""Files for people, written beside their place and renamed: what is half written is never found, and others may read it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from schemas.errors import CorpusError


@contextmanager
def saving(path: Path) -> Iterator[Path]:
    """A file to write, with the ending of ``path``, that takes its place at the end; its folder is made where there is none.

    Raises:
        CorpusError: it cannot be written. Nothing is left behind, neither then nor when what is done with it fails.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=path.suffix.lower())
        os.close(handle)
        temporary = Path(name)
        try:
            yield temporary
            temporary.chmod(0o666 & ~_umask())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise CorpusError(f"{path}: 无法写入 / cannot be written: {error.strerror or error}") from error


def _umask() -> int:
    """What new files are made without; mkstemp makes them for their owner alone."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
