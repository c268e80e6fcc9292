"""Two documents clause by clause: which clauses belong together, what was put in, taken out, moved, and what changed inside.

1. Clauses with the same words belong together, in their order where there are several.
2. Of the others those that share rare grams are scored (``rapidfuzz.fuzz.ratio`` of the words, 0 to 100) and paired from the
   best score down to ``ALIKE``; every clause is scored against at most ``_CANDIDATES`` others.
3. A heading that both documents have once pairs what still stands alone below it.
4. What is left between two pairs that follow one another in both documents is scored against its neighbours there.
5. Moved are the fewest characters that must change place to get from one order to the other.

Whatever is decided is decided for the two documents in one fixed order, so that exchanging them mirrors the result. Every step
is linear in the number of clauses, but for sorting.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from extractors.clauses import Clause, clauses_of
from extractors.sections import with_page
from schemas.comparison import Change, ClausePair, ComparedClause, ComparedDocument, Comparison, PairState
from schemas.document import Document, Span

ALIKE = 45.0
"""The least score of a pair; the bar of adapted text in ``extractors.reuse``."""
_GRAM = 3
_RAREST = 40
_POSTINGS = 24
_CANDIDATES = 8
_NEIGHBOURS = 3
_NUMBER = frozenset("0123456789.")
_LEAST_KEPT = 2
"""Fewer equal characters than this between two changes belong to one change: 的 left standing between two words says nothing."""


def compare_documents(left: Document, right: Document) -> Comparison:
    """How ``right`` differs from ``left``, clause by clause.

    ``compare_documents(a, a)`` is all the same; ``compare_documents(b, a)`` is the mirror of ``compare_documents(a, b)``.
    """
    ours, theirs = clauses_of(left), clauses_of(right)
    if (left.text, left.id) <= (right.text, right.id):
        matches = _matches(ours, theirs)
        moved = _moved(matches, ours)
    else:
        turned = _matches(theirs, ours)
        moved = {(ours_at, theirs_at) for theirs_at, ours_at in _moved(turned, theirs)}
        matches = {ours_at: theirs_at for theirs_at, ours_at in turned.items()}
    pairs = [
        _pair(left, right, None if one is None else ours[one], None if other is None else theirs[other], (one, other) in moved)
        for one, other in _order(matches, len(ours), len(theirs))
    ]  # fmt: skip
    counts = Counter(pair.state for pair in pairs)
    states: tuple[PairState, ...] = ("same", "edited", "rewritten", "added", "dropped")
    return Comparison(
        left=_side(left, len(ours)),
        right=_side(right, len(theirs)),
        counts={state: counts[state] for state in states} | {"moved": len(moved)},
        pairs=pairs,
    )


def _side(document: Document, clauses: int) -> ComparedDocument:
    return ComparedDocument(
        document=document.id,
        title=document.title,
        uri=document.source.uri,
        index=document.source.index,
        jurisdiction=document.jurisdiction,
        date=document.signed_on or document.published_on,
        clauses=clauses,
    )


def _order(matches: dict[int, int], ours: int, theirs: int) -> Iterator[tuple[int | None, int | None]]:
    """The pairs in the order of the right document; what was dropped after the clause that stood before it on the left."""
    back = {other: one for one, other in matches.items()}
    dropped: defaultdict[int, list[int]] = defaultdict(list)
    before = -1
    for one in range(ours):
        if one in matches:
            before = matches[one]
        else:
            dropped[before].append(one)
    for one in dropped[-1]:
        yield one, None
    for other in range(theirs):
        yield back.get(other), other
        for one in dropped[other]:
            yield one, None


def _matches(ours: Sequence[Clause], theirs: Sequence[Clause]) -> dict[int, int]:
    """Which clause goes with which: places in ``ours`` to places in ``theirs``."""
    matches = _identical(ours, theirs)
    _add(matches, _scored(ours, theirs, matches))
    _by_heading(ours, theirs, matches)
    _add(matches, _between(ours, theirs, matches))
    return matches


def _identical(ours: Sequence[Clause], theirs: Sequence[Clause]) -> dict[int, int]:
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, clause in enumerate(theirs):
        places[clause.words].append(place)
    same: defaultdict[str, list[int]] = defaultdict(list)
    for place, clause in enumerate(ours):
        if clause.words in places:
            same[clause.words].append(place)
    matches: dict[int, int] = {}
    for words, mine in same.items():
        # Several of the same words: first those under the same number, then in their order.
        numbered: defaultdict[str, list[int]] = defaultdict(list)
        for place in reversed(places[words]):
            numbered[theirs[place].number].append(place)
        left_over = []
        for place in mine:
            if found := numbered[ours[place].number]:
                matches[place] = found.pop()
            else:
                left_over.append(place)
        rest = sorted(place for found in numbered.values() for place in found)
        matches.update(zip(left_over, rest, strict=False))
    return matches


def _scored(
    ours: Sequence[Clause], theirs: Sequence[Clause], matches: dict[int, int]
) -> list[tuple[float, int, int, int]]:
    """The pairs of step 2 with their score, how far apart they stand, and their places."""
    taken = set(matches.values())
    postings: defaultdict[str, list[int]] = defaultdict(list)
    for place, clause in enumerate(theirs):
        if place not in taken:
            for gram in _grams(clause):
                postings[gram].append(place)
    found = []
    for place, clause in enumerate(ours):
        if place in matches:
            continue
        shared: Counter[int] = Counter()
        known = sorted((gram for gram in _grams(clause) if gram in postings), key=lambda g: (len(postings[g]), g))
        for gram in known[:_RAREST]:
            if len(postings[gram]) > _POSTINGS:
                break
            shared.update(postings[gram])
        best = sorted(shared, key=lambda other: (-shared[other], abs(other - place), other))[:_CANDIDATES]
        found += [_score(ours, theirs, place, other) for other in best]
    return found


def _grams(clause: Clause) -> set[str]:
    words = clause.words
    return {words[place : place + _GRAM] for place in range(len(words) - _GRAM + 1)}


def _score(ours: Sequence[Clause], theirs: Sequence[Clause], one: int, other: int) -> tuple[float, int, int, int]:
    from rapidfuzz.fuzz import ratio

    return ratio(ours[one].words, theirs[other].words, score_cutoff=ALIKE), abs(one - other), one, other


def _add(matches: dict[int, int], scored: list[tuple[float, int, int, int]]) -> None:
    """Pairs from the best score down; of equal ones the nearer."""
    taken = set(matches.values())
    for score, _, one, other in sorted(scored, key=lambda pair: (-pair[0], *pair[1:])):
        if score >= ALIKE and one not in matches and other not in taken:
            matches[one] = other
            taken.add(other)


def _by_heading(ours: Sequence[Clause], theirs: Sequence[Clause], matches: dict[int, int]) -> None:
    taken = set(matches.values())
    mine, others = _headings(ours), _headings(theirs)
    for heading, one in mine.items():
        other = others.get(heading)
        if other is not None and one not in matches and other not in taken:
            matches[one] = other


def _headings(clauses: Sequence[Clause]) -> dict[str, int]:
    """The headings that occur once, with the place of their clause."""
    counts = Counter(clause.heading for clause in clauses)
    return {one.heading: place for place, one in enumerate(clauses) if one.heading and counts[one.heading] == 1}


def _between(
    ours: Sequence[Clause], theirs: Sequence[Clause], matches: dict[int, int]
) -> list[tuple[float, int, int, int]]:
    """Step 4: what stands alone in both documents right behind the same pair, each with its neighbours there."""
    taken = set(matches.values())
    alone: list[tuple[int, int]] = []
    # What follows a pair on either side; before the first clause stands a pair that is not there.
    for one, other in [(-1, -1), *matches.items()]:
        mine, others = one + 1, other + 1
        while mine < len(ours) and mine not in matches:
            mine += 1
        while others < len(theirs) and others not in taken:
            others += 1
        alone += [
            (a, b)
            for a in range(one + 1, mine)
            for offset in range(-_NEIGHBOURS, _NEIGHBOURS + 1)
            if other + 1 <= (b := other + 1 + (a - one - 1) + offset) < others
        ]
    return [_score(ours, theirs, a, b) for a, b in alone]


def _moved(matches: dict[int, int], ours: Sequence[Clause]) -> set[tuple[int, int]]:
    """The pairs outside the heaviest chain that keeps its order in both documents; weight is the length of the words."""
    chain: list[tuple[int, int]] = sorted(matches.items())
    targets = sorted(matches.values())
    tree = [(0, -1)] * (len(chain) + 1)  # the best weight that ends at or before a target, and its pair
    before: list[int] = []
    for number, (one, other) in enumerate(chain):
        at = bisect_left(targets, other)
        best, weight, node = -1, 0, at
        while node > 0:
            if tree[node][0] > weight:
                weight, best = tree[node]
            node -= node & -node
        before.append(best)
        weight += len(ours[one].words) + 1
        node = at + 1
        while node <= len(chain):
            if weight > tree[node][0]:
                tree[node] = (weight, number)
            node += node & -node
    node, last, weight = len(chain), -1, 0
    while node > 0:
        if tree[node][0] > weight:
            weight, last = tree[node]
        node -= node & -node
    kept = set()
    while last >= 0:
        kept.add(chain[last])
        last = before[last]
    return set(chain) - kept


def _pair(left: Document, right: Document, one: Clause | None, other: Clause | None, moved: bool) -> ClausePair:
    mine = _shown(left, one) if one else None
    theirs = _shown(right, other) if other else None
    if one is None or other is None:
        return ClausePair(state="added" if one is None else "dropped", left=mine, right=theirs)
    renumbered = one.number != other.number
    if one.words == other.words:
        return ClausePair(state="same", moved=moved, renumbered=renumbered, score=100.0, left=mine, right=theirs)
    from rapidfuzz.fuzz import ratio

    score = ratio(one.words, other.words)
    return ClausePair(
        state="edited" if score >= ALIKE else "rewritten",
        moved=moved,
        renumbered=renumbered,
        score=round(score, 1),
        left=mine,
        right=theirs,
        changes=list(_changes(left, right, one, other)),
    )


def _shown(document: Document, clause: Clause) -> ComparedClause:
    return ComparedClause(
        clause=clause.number,
        heading=clause.heading,
        span=with_page(document, clause.span),
        quote=document.text[clause.start : clause.end],
    )


def _changes(left: Document, right: Document, one: Clause, other: Clause) -> Iterator[Change]:
    """What differs inside a pair, as stretches of the originals; the words between two changes are the same on both sides."""
    for (a, b), (c, d) in differences(one.words, other.words):
        mine, theirs = _at(one, a, b), _at(other, c, d)
        yield Change(
            left=with_page(left, mine),
            left_quote=left.quote(mine),
            right=with_page(right, theirs),
            right_quote=right.quote(theirs),
        )


def _at(clause: Clause, first: int, last: int) -> Span:
    if first == last:
        return Span(start=clause.places[first], end=clause.places[first])
    start = clause.places[first]
    # Not up to the next word's place: white space after the last word is no part of it.
    return Span(start=start, end=max(start, clause.places[last - 1]) + 1)


def differences(one: str, other: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """The stretches that differ: start and end in the one and in the other; mirrored when the two are exchanged."""
    if one > other:
        return [(mine, theirs) for theirs, mine in differences(other, one)]
    from rapidfuzz.distance import Indel

    found: list[tuple[tuple[int, int], tuple[int, int]]] = []
    done = (0, 0)
    for piece in (piece for piece in Indel.opcodes(one, other) if piece.tag == "equal"):
        first, last = piece.src_start, piece.src_end
        shift = piece.dest_start - first
        # Of 60% and 70% not the 6 and the 7 differ: a number that was changed is changed as a whole.
        if _ends_number(one, done[0], first) or _ends_number(other, done[1], first + shift):
            while first < last and one[first] in _NUMBER:
                first += 1
        if _begins_number(one, last) or _begins_number(other, last + shift):
            while last > first and one[last - 1] in _NUMBER:
                last -= 1
        if last - first < (_LEAST_KEPT if done[0] or done[1] else 1) and (last, last + shift) != (len(one), len(other)):
            continue
        if done != (first, first + shift):
            found.append(((done[0], first), (done[1], first + shift)))
        done = (last, last + shift)
    if done != (len(one), len(other)):
        found.append(((done[0], len(one)), (done[1], len(other))))
    return found


def _ends_number(words: str, start: int, end: int) -> bool:
    return start < end and words[end - 1] in _NUMBER


def _begins_number(words: str, place: int) -> bool:
    """Whether a change that begins here, where there is one, begins with a digit."""
    return place < len(words) and words[place] in _NUMBER
