"""robots.txt (RFC 9309): what a site lets programs fetch, asked once for each of its origins in a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from protego import Protego

from schemas.fetching import RETRYABLE, Answer, FetchFailed
from sources.fetch.bounds import Bounds

PRODUCT = "duzheng"
"""The name under which a robots.txt may speak of us."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What one robots.txt says; ``parsed`` is None where there is none."""

    parsed: Protego | None
    product: str
    crawl_delay: float

    def allows(self, url: str) -> bool:
        """Whether an address may be fetched."""
        return self.parsed is None or bool(self.parsed.can_fetch(url, self.product))


def origin(url: str) -> str:
    """What a robots.txt is valid for: scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def fetch_rules(at: str, ask: Callable[[str], Answer], product: str, bounds: Bounds) -> Rules:
    """The rules of an origin.

    Args:
        at: the origin.
        ask: asks for an address, without looking at a robots.txt.
        product: the name we go by.
        bounds: how much of the file is read, which delay is kept.

    Raises:
        FetchFailed: the server fails or cannot be reached; then nothing may be fetched (RFC 9309, 2.3.1.4). A server
            that says that there is none (4xx), or leads to another site, sets no rules (2.3.1.3).
    """
    try:
        answer = ask(f"{at}/robots.txt")
    except FetchFailed as failed:
        if failed.cause in ("not_allowed", "redirects", "too_large"):
            return Rules(None, product, 0.0)
        if failed.status is not None and 400 <= failed.status < 500 and failed.status != 429:
            return Rules(None, product, 0.0)
        if failed.cause not in RETRYABLE:
            raise
        raise FetchFailed(
            failed.url,
            failed.cause,
            f"取不到 robots.txt，因此不抓取：{failed.message} / without the robots.txt nothing is fetched",
            failed.cure,
            failed.status,
        ) from failed
    parsed = Protego.parse(answer.body[: bounds.robots_bytes].decode("utf-8-sig", "replace"))
    delay = parsed.crawl_delay(product) or 0.0
    rate = parsed.request_rate(product)
    if rate is not None and rate.requests > 0:
        delay = max(delay, rate.seconds / rate.requests)
    return Rules(parsed, product, min(max(delay, 0.0), bounds.crawl_delay))


def product_of(user_agent: str) -> str:
    """The name in a header ``User-Agent`` that rules may be given for; one that poses as a browser goes by ours."""
    name = user_agent.partition("/")[0].partition(" ")[0].strip()
    return PRODUCT if not name or name.lower() == "mozilla" else name
