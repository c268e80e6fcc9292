"""What to look for when nothing holds a query as it was typed: its words, then most of them, then any of them.

Only unquoted wordings that consist of several words are loosened: who types 教共体 食堂 asks for both and is told that
there is no such document (``corpus.nearby``). A sentence, or a question, is another matter: hardly any document holds all
its words, so the documents are ranked by how many and how rare the words are that they hold; what makes it a question
(什么, 多少, 如何 …) weighs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from corpus.query import All, Any_, Node, Ranked, Wording, wordings
from corpus.synonyms import load
from corpus.units import BREAK, grams, units

_SENTENCE = 4
"""So many words that say something make a sentence."""
_ANY = ("含任意词的文件，最相关的在前", "documents with any of the words, the best first")


@dataclass(frozen=True, slots=True)
class Step:
    """A looser query, and the note that says so."""

    node: Node
    note: str


@dataclass(frozen=True, slots=True)
class Content:
    """What a wording says: its words, and the pairs of units that touch no word without a meaning of its own."""

    words: tuple[Wording, ...]
    pairs: tuple[str, ...]


def steps(node: Node) -> Iterator[Step]:
    """Looser readings of a query, each looser than the one before; none if there is nothing to loosen."""
    if (whole := sentence(node, 0)) is not None:
        yield whole
        return
    seen = {node}
    for missing, chinese, english in (
        (0, "已按词查找", "searched for the words"),
        (1, "已按其中多数词查找", "searched for all of the words but one"),
        (None, *_ANY),
    ):
        loose = _loosened(node, missing)
        if loose not in seen:
            seen.add(loose)
            yield Step(loose, _note(chinese, english, [one for one in wordings(loose) if one not in wordings(node)]))


def sentence(node: Node, literally: int) -> Step | None:
    """The query as one ranking, if its unquoted words make a sentence or a question; ``literally`` documents hold it whole."""
    parts = node.parts if isinstance(node, All) else (node,)
    free = tuple(part for part in parts if isinstance(part, Wording) and not part.exact)
    asked = any(sign in part.text for part in free for sign in load("questions")["asking"])
    if not asked and sum(map(_most_words, free)) < _SENTENCE:
        return None  # without the segmenter, which takes as long to load as a search of few words takes
    contents = [content(part) for part in free]
    words = tuple(dict.fromkeys(word for one in contents for word in one.words))
    if not free or not (len(words) >= _SENTENCE or (asked and words)):
        return None
    pairs = tuple(dict.fromkeys(pair for one in contents for pair in one.pairs))
    ranked = Ranked(words, pairs, 0, free if len(free) == 1 else ())
    rest = tuple(part for part in parts if part not in free)
    loose = All((ranked, *rest)) if rest else ranked
    if not literally:
        return Step(loose, _note(_ANY[0], _ANY[1], ranked.words))
    held = f"{literally} 份含原句，列在前面；其余按词查找"
    return Step(
        loose, f"{held} / {literally} hold it literally and come first, the others by words: {_listed(ranked.words)}"
    )


def _most_words(wording: Wording) -> int:
    """How many words ``content`` finds at most: each has two units, or is one of Latin letters or figures."""
    latin = sum(unit.isascii() for unit in wording.units)
    return latin + (len(wording.units) - latin) // 2


def content(wording: Wording) -> Content:
    """The words of a wording that say something, in order, and its pairs."""
    from extractors.words import segment

    words: dict[Wording, None] = {}
    pairs: dict[str, None] = {}
    run: list[str] = []

    def finish() -> None:
        pairs.update(dict.fromkeys(grams(run)[:-1]))
        run.clear()

    for word, _, _ in segment(wording.text.replace(BREAK, "\n")):
        parts = units(word)
        if not parts or word in _idle():
            if not word.isspace() or "\n" in word:
                finish()
            continue
        run += parts
        if len(parts) > 1 or (parts[0].isascii() and len(parts[0]) > 1):
            words[Wording(tuple(parts))] = None
    finish()
    if not words:  # nothing but a name or something misspelt: even 以 and 将 may belong to it
        pairs = dict.fromkeys(pair for pair in grams(wording.units)[:-1] if BREAK not in pair)
    return Content(tuple(words), tuple(pairs))


def _loosened(node: Node, missing: int | None) -> Node:
    """The query with every unquoted wording taken apart: ``missing`` of its words may be absent, all but a pair if None."""
    match node:
        case Wording(exact=False):
            found = content(node)
            if found.words == (node,):
                inner = _inside(node)
                return Ranked(inner, (), len(inner)) if len(inner) > 1 else node
            if missing is None:
                whole = () if found.words else (node,)
                return Ranked(found.words, found.pairs, 0, whole) if len(found.pairs) > 1 else node
            least = len(found.words) - missing
            if least < 1 or (missing and least < 2):
                return node
            return Ranked(found.words, found.pairs, least)
        case All(parts):
            return All(tuple(_loosened(part, missing) for part in parts))
        case Any_(parts):
            return Any_(tuple(_loosened(part, missing) for part in parts))
        case _:
            return node


def _inside(word: Wording) -> tuple[Wording, ...]:
    """The words inside a word of the dictionary, in order."""
    from extractors.words import segment

    found = (tuple(units(inner)) for inner, _, _ in segment(word.text, subwords=True) if len(inner) < len(word.text))
    return tuple(dict.fromkeys(Wording(parts) for parts in found if len(parts) > 1))


def _note(chinese: str, english: str, words: Sequence[Wording]) -> str:
    return f"没有完全一致的词句，{chinese} / nothing matches literally, {english}: {_listed(words)}"


def _listed(words: Sequence[Wording]) -> str:
    return " ".join(word.text for word in words)


@cache
def _idle() -> frozenset[str]:
    return frozenset(load("questions")["words"])
