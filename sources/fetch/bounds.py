"""How much fetching takes in and how long it waits: every bound of this room, in one place."""

from __future__ import annotations

from dataclasses import dataclass

from extractors.readers import limits


@dataclass(frozen=True, slots=True)
class Bounds:
    """Bounds of one answer, and of the waiting for it.

    Attributes:
        body_bytes: bytes of an answer, as sent and unpacked: no reader takes more.
        redirects: redirects in a row; browsers follow twenty, sites need two or three.
        answer_seconds: an answer has to be complete by then, however steadily its bytes drip in.
        wait_seconds: the longest wait that a server may ask for (Retry-After), and of the back-off. Who asks for more is
            not asked again in this run: that is a failure which says so, not a sleep.
        held_seconds: how long such a host is left alone at most: what runs for weeks must not take a mistyped header for a
            reason never to come back.
        robots_bytes: what is read of a robots.txt (RFC 9309, 2.5: at least 500 KiB).
        crawl_delay: the longest Crawl-delay of a robots.txt that is kept; it is no part of RFC 9309, and some sites have
            numbers in it that mean milliseconds.
        resolve_seconds: looking up a name.
        failures_in_a_row: after so many requests in a row that a host did not answer it is not asked again in this run:
            a site that is down would else be waited for item by item.
    """

    body_bytes: int = limits.MAX_BYTES
    redirects: int = 10
    answer_seconds: float = 900.0
    wait_seconds: float = 120.0
    held_seconds: float = 6 * 3600.0
    robots_bytes: int = 512 * 1024
    crawl_delay: float = 60.0
    resolve_seconds: float = 20.0
    failures_in_a_row: int = 5
