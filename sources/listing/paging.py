"""Which pages a list has: by the link to the next one, by a pattern of addresses, or by the script call of the page."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from extractors.readers.html.tree import Element
from schemas.fetching import FetchFailed, Listing
from schemas.source import SourceDefinition
from sources.listing.addresses import absolute, same_as

_ARGUMENTS = r"\s*\(([^()]{0,500})\)"
_ARGUMENT = re.compile(r"""(['"])(.*?)\1|(-?\d+)""")
_COMMON_CALLS = "createPageHTML|createPage|createPageHtml"
_COUNTS = (
    re.compile(rf"\b(?:{_COMMON_CALLS})\s*\(\s*(?:'[^']{{0,80}}'\s*,\s*|\"[^\"]{{0,80}}\"\s*,\s*)?(\d{{1,5}})\s*[,)]"),
    re.compile(r"\b(?:countPage|pageCount|totalPage|totalPages|total_page|page_count)\s*[=:]\s*[\"']?(\d{1,5})\b"),
)
_GONE = (404, 410)


@dataclass(slots=True)
class Pages:
    """The addresses of a list's pages, one after the other.

    ``next_address`` gives the next one, and after it was read ``read`` is told what it held.
    """

    definition: SourceDefinition
    listing: Listing
    number: int = -1
    """How many pages were given out before the current one; -1 before the first."""
    stated: int | None = None
    """The number of pages, where a page states it."""
    _next: str | None = None
    _asked: set[str] = field(default_factory=set)
    _names: tuple[str, str] = ("", "")

    def __post_init__(self) -> None:
        self._next = self.definition.url

    def next_address(self) -> str | None:
        """The page to ask now; None when there is no further one. Marks the listing where it is cut off."""
        url, self._next = self._next, None
        paging = self.definition.paging
        if url is None or same_as(url) in self._asked:
            return None
        if paging is not None and self.number + 1 >= paging.most:
            self.listing.complete = False
            return None
        self.number += 1
        self._asked.add(same_as(url))
        return url

    def ends_at(self, error: FetchFailed) -> bool:
        """Whether an error is how the server says that there are no more pages."""
        return error.status in _GONE and self.may_be_past_the_end()

    def may_be_past_the_end(self) -> bool:
        """Whether the current page is one that was guessed: of a pattern, and no page has said how many there are."""
        paging = self.definition.paging
        return self.number > 0 and paging is not None and paging.pattern is not None and self.stated is None

    def read(self, root: Element, text: str, url: str) -> None:
        """Take from a page where the next one is.

        Raises:
            FetchFailed: the first page has not what ``paging`` says.
        """
        paging = self.definition.paging
        if paging is None:
            return
        if paging.next is not None:
            self._next = self._by_link(root, url, paging.next)
        elif paging.script is not None:
            self._next = self._by_script(text, url, paging.script)
        elif paging.pattern is not None:
            if self.number == 0:
                self.stated = self._count(text, url, paging.count)
            if self.stated is None or self.number + 1 < self.stated:
                page = paging.first + self.number * paging.step
                self._next = absolute(self.definition.url, paging.pattern.replace("{page}", str(page)))

    def _by_link(self, root: Element, url: str, selector: str) -> str | None:
        from sources.listing.html import base_of, select

        links = select(selector, root)
        # The last page has no such link, or one that leads nowhere; a list whose first page has none has one page.
        base = base_of(root, url)
        return next((to for a in links if (to := absolute(base, a.get("href"))) is not None), None)

    def _by_script(self, text: str, url: str, name: str) -> str | None:
        """``createPageHTML(12, 0, "index", "html")``: 12 pages, index.html, index_1.html to index_11.html."""
        if self.number == 0:
            call = re.search(rf"(?<![\w$.]){re.escape(name)}{_ARGUMENTS}", _without_definitions(text, name))
            arguments = [(m[2], m[3]) for m in _ARGUMENT.finditer(call[1])] if call else []
            numbers = [int(number) for _, number in arguments if number]
            words = [word for word, number in arguments if not number]
            if not numbers or len(words) < 2:
                message = (
                    f"paging.script {name}：页面里没有这个调用 / the page has no call of it with the number of pages"
                )
                raise FetchFailed(url, "listing", message, "网站是否改版？ / redesigned?", field="paging.script")
            self.stated = max(numbers[0], 1)
            self._names = (words[-2], words[-1].lstrip("."))
        if self.stated is None or self.number + 1 >= self.stated:
            return None
        stem, ending = self._names
        return absolute(self.definition.url, f"{stem}_{self.number + 1}.{ending}")

    def _count(self, text: str, url: str, pattern: str | None) -> int | None:
        if pattern is not None:
            match = re.search(pattern, text)
            if match is None or not match[1].isdigit():
                message = f"paging.count {pattern!r} 在页面上找不到页数 / finds no number of pages on the page"
                raise FetchFailed(url, "listing", message, "网站是否改版？ / redesigned?", field="paging.count")
            return max(int(match[1]), 1)
        match = next((match for one in _COUNTS if (match := one.search(text))), None)
        return max(int(match[1]), 1) if match else None


def _without_definitions(text: str, name: str) -> str:
    """The text without ``function createPageHTML(count, …)``, which is not the call."""
    return re.sub(rf"function\s+{re.escape(name)}\s*\([^()]{{0,300}}\)", " ", text)
