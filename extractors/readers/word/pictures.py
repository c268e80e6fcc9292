"""Pictures that were taken out of a word processor file while it was read."""

from __future__ import annotations

from collections.abc import Mapping

CENTIMETRE = 72 / 2.54
"""Points of a centimetre."""


class Held:
    """Pictures that were taken out of a file, by a name each."""

    def __init__(self, pictures: Mapping[str, bytes]) -> None:
        self._pictures = pictures

    def __contains__(self, name: str) -> bool:
        return name in self._pictures

    def bytes_of(self, name: str) -> bytes | None:
        """The bytes of a picture; None when there is none of that name."""
        return self._pictures.get(name)
