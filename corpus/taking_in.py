"""How files come into an opened corpus: what is known already, and a batch recorded with all that is derived from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from corpus.held import Held

if TYPE_CHECKING:
    from corpus.prepared import Prepared
    from schemas.outcome import Outcome


class TakingIn:
    """Takes files into one corpus; remembers names of content that is still to come."""

    def __init__(self, held: Held) -> None:
        self._held = held
        self._awaited: dict[str, list[str]] = {}

    def unchanged(self, files: Mapping[str, Mapping[str, str]]) -> set[str]:
        """Those files that are known and had the same attachments; see ``Corpus.unchanged``."""
        stored = self._held.store().files
        known = stored.known(files, self._held.extraction_version)
        recorded = stored.attachments(known)
        same = set()
        for sha256 in known:
            read, unread = recorded[sha256]
            given = files[sha256]
            if read <= set(given.values()) and all(sha in read or uri in unread for uri, sha in given.items()):
                same.add(sha256)
        return same

    def record(
        self,
        outcomes: Sequence[Outcome],
        companions: Mapping[str, Sequence[tuple[str, str]]] | None,
        prepared: Mapping[str, Prepared] | None,
    ) -> None:
        """Stores a batch of parsed files in one transaction, then brings the index up to date; see ``Corpus.record``."""
        self._held.claim()
        stored = self._held.store().files
        stored.record(outcomes, self._held.extraction_version, companions)
        stored.locate([(uri, one.sha256) for one in outcomes for uri in self._awaited.pop(one.sha256, ())])
        self._held.follow(prepared or {})

    def locate(self, locations: Iterable[tuple[str, str]]) -> int:
        """Records where content was seen, or keeps it in mind until the content is recorded; see ``Corpus.locate``."""
        self._held.claim()
        pairs = list(locations)
        stored = self._held.store().files
        present = stored.present(sha for _, sha in pairs)
        for uri, sha256 in pairs:
            if sha256 not in present:
                self._awaited.setdefault(sha256, []).append(uri)
        changed = stored.locate([pair for pair in pairs if pair[1] in present])
        if changed:
            self._held.index.follow()
        self._held.relate()
        return changed
