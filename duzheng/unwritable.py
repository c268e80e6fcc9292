"""That a file which somebody asked for cannot be written."""

from __future__ import annotations

from pathlib import Path

from schemas.errors import CorpusError


def unwritable(path: Path, error: OSError) -> CorpusError:
    """The error that says so, and the way out."""
    return CorpusError(
        f"{path}: 无法写入：{error.strerror} / cannot be written: {error.strerror} "
        "(请检查文件夹和权限 / check folder and permissions)"
    )
