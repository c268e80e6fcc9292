"""What ``duzheng sources`` does, from Python."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flows.try_source import Trial
    from schemas.errors import DuzhengError
    from schemas.fetching import SourceRun
    from schemas.source import SourceDefinition


class Sources:
    """The sources of a corpus: where documents come from."""

    def __init__(self, home: Path, close: Callable[[], None]) -> None:
        self._home = home
        self._close = close

    def add(self, file: str | PathLike[str], *, replace: bool = False) -> SourceDefinition:
        """Validate a source file and put it into the corpus folder.

        Raises:
            InvalidSource: it is not valid, or there is a source of its id and it is not to be replaced.
        """
        from sources.definitions import add

        return add(Path(file), self._folder, replace=replace).definition

    def list(self) -> Sequence[SourceDefinition]:
        """The sources, by id.

        Raises:
            InvalidSource: a file is not valid.
        """
        from sources.definitions import load_all

        return [one.definition for one in load_all(self._folder)]

    def show(self, source: str) -> SourceDefinition:
        """A source by its id, or by the path of its file.

        Raises:
            InvalidSource: there is none.
        """
        from sources.definitions import find

        return find(self._folder, source).definition

    def test(self, source: str, *, list_only: bool = False) -> Trial:
        """What a run would take, and what is read from the first item unless ``list_only``; nothing is stored.

        Raises:
            InvalidSource: there is no such source.
        """
        from duzheng.reading import bounds
        from flows.try_source import try_source
        from sources.definitions import find

        return try_source(self._home, find(self._folder, source), bounds(), read_first=not list_only)

    def run(self, *sources: str) -> Sequence[SourceRun | DuzhengError]:
        """Run sources now, all that are enabled where none is named; for each its run, or why there was none.

        Raises:
            InvalidSource: there is no such source.
        """
        from duzheng import settings
        from flows.run import collect
        from sources.definitions import find, load_all

        if sources:
            ids = [find(self._folder, source).definition.id for source in dict.fromkeys(sources)]
        else:
            ids = [one.definition.id for one in load_all(self._folder) if one.definition.enabled]
        if not ids:
            return []
        self._close()  # the flow opens the corpus itself, as its only writer
        limits = settings.limits()
        return collect(self._home, ids, workers=limits.workers, seconds=limits.seconds, memory_mb=limits.memory_mb)

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of a source file."""
        from schemas.source import json_schema

        return json_schema()

    @property
    def _folder(self) -> Path:
        from sources.definitions import FOLDER

        return self._home / FOLDER
