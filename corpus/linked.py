"""The search index of a folder that cannot be written: tantivy makes a lock file even to read, so it is given another
folder, a temporary one, with links to the files of the index.
"""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory


class Linked:
    """A stand-in for the folder ``index``, where one is needed."""

    def __init__(self, index: Path) -> None:
        self._index = index
        self._folder: TemporaryDirectory[str] | None = None
        self._state: tuple[int, int] | None = None

    def folder(self) -> Path:
        """The folder to open: the index itself, or links to what it holds now."""
        meta = self._index / "meta.json"
        if not meta.is_file() or os.access(self._index, os.W_OK):
            return self._index
        state = meta.stat().st_ino, meta.stat().st_mtime_ns
        if self._folder is None or state != self._state:
            self.close()
            self._folder = TemporaryDirectory(prefix="duzheng-index-")
            self._state = state
            for path in self._index.iterdir():
                if path.suffix != ".lock":
                    Path(self._folder.name, path.name).symlink_to(path.absolute())
        return Path(self._folder.name)

    def close(self) -> None:
        """Removes the links."""
        if self._folder is not None:
            self._folder.cleanup()
        self._folder = self._state = None
