"""Pages of a long list: which one is shown, and the addresses of its neighbours with the same filters."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import Request


@dataclass(frozen=True, slots=True)
class Paging:
    """``page`` of ``pages``, from 1; ``query`` is the rest of the address' question."""

    page: int
    pages: int
    size: int
    total: int
    path: str
    query: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, request: Request, page: int, total: int, size: int) -> Paging:
        """The page asked for, or the nearest that there is."""
        pages = max(-(-total // size), 1)
        rest = tuple((key, value) for key, value in request.query_params.multi_items() if key != "page" and value)
        return cls(min(max(page, 1), pages), pages, size, total, request.url.path, rest)

    @property
    def offset(self) -> int:
        """How many stand before the page."""
        return (self.page - 1) * self.size

    def at(self, page: int) -> str:
        """The address of another page."""
        return f"{self.path}?{urlencode([*self.query, ('page', str(page))])}"

    def elsewhere(self, path: str, **other: str) -> str:
        """Another address with the same filters, but for ``other``; one of those that is empty is left out."""
        query = [(key, value) for key, value in self.query if key not in other]
        query += [(key, value) for key, value in other.items() if value]
        return f"{path}?{urlencode(query)}" if query else path
