"""Chinese words of a folded text, by jieba's dictionary and the words of the field.

The segmentation is that of jieba without its guessing of unknown words (HMM off), so the same text always gives the
same words. rjieba, its Rust port, does it some twenty times faster; pure Python jieba is the fallback, and a test holds
the two equal. The words of ``lexicons/domain_words.txt`` are added before the first use, and none afterwards.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from extractors.lexicon import read_text

if TYPE_CHECKING:
    import jieba

Word = tuple[str, int, int]
"""A word with its place: ``text[start:end]``."""

_FREQUENCY = 1000
"""Given to every domain word; in a dictionary of 60 million counted words it wins over the pieces of the word."""
_LOADING = Lock()


def segment(folded: str, *, subwords: bool = False) -> list[Word]:
    """The words of a folded text in order, with their offsets; together they cover the text, white space included.

    With ``subwords`` the dictionary words inside a longer word come before it, as a search index wants them: 办学 can
    then be found in 集团化办学.
    """
    try:
        return _segmenter()(folded, subwords)
    except UnicodeEncodeError:  # a lone surrogate cannot be handed to Rust; it is never part of a word
        clean = "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in folded)
        return [(folded[start:end], start, end) for _, start, end in _segmenter()(clean, subwords)]


def cut(folded: str, *, subwords: bool = False) -> list[str]:
    """The words of ``segment`` without their offsets, in half the time."""
    try:
        whole, search = _cutters()
        return (search if subwords else whole)(folded, False)
    except (ImportError, UnicodeEncodeError):
        return [word for word, _, _ in segment(folded, subwords=subwords)]


def is_word(s: str) -> bool:
    """Whether ``s`` (folded) is a word of the dictionary or of the field."""
    return _lookup()(s)


def dictionary_hash() -> str:
    """SHA-256 of all that decides the segmentation: an index made with another one must be made anew."""
    digest = hashlib.sha256(b"jieba, no HMM\n")
    digest.update(f"{_FREQUENCY}\n".encode())
    digest.update("\n".join(domain_words()).encode())
    digest.update(_jieba_file("dict.txt").read_bytes())
    return digest.hexdigest()


def keywords(folded: str, n: int = 20) -> list[tuple[str, float]]:
    """The ``n`` words that characterise a folded text by TF-IDF, with their weights, heaviest first."""
    from jieba.analyse.tfidf import TFIDF  # here: it reads a table of 270,000 weights

    extractor = _tfidf(TFIDF)
    tags: list[tuple[str, float]] = extractor.extract_tags(folded, topK=n, withWeight=True)  # type: ignore[attr-defined]
    return tags


@cache
def domain_words() -> tuple[str, ...]:
    """The words of the field, in the order of their file, each once."""
    lines = (line.strip() for line in read_text("domain_words.txt").splitlines())
    return tuple(dict.fromkeys(line for line in lines if line and not line.startswith("#")))


@cache
def _segmenter() -> Callable[[str, bool], list[Word]]:
    try:
        return rust_segmenter()
    except ImportError:
        return python_segmenter()


@cache
def rust_segmenter() -> Callable[[str, bool], list[Word]]:
    """Segmentation by rjieba, loaded with the domain words.

    Raises:
        ImportError: rjieba is not installed.
    """
    tokenizer = _rust_tokenizer()

    def words(folded: str, subwords: bool) -> list[Word]:
        found: list[Word] = tokenizer.tokenize(folded, "search" if subwords else "default", False)  # type: ignore[attr-defined]
        return found

    return words


@cache
def _cutters() -> tuple[Callable[[str, bool], list[str]], Callable[[str, bool], list[str]]]:
    tokenizer = _rust_tokenizer()
    return tokenizer.cut, tokenizer.cut_for_search  # type: ignore[attr-defined]


@cache
def python_segmenter() -> Callable[[str, bool], list[Word]]:
    """Segmentation by pure Python jieba, loaded with the domain words (0.6 s)."""
    tokenizer = _python_tokenizer()

    def words(folded: str, subwords: bool) -> list[Word]:
        return list(tokenizer.tokenize(folded, "search" if subwords else "default", HMM=False))

    return words


def _rust_tokenizer() -> object:
    # ``cache`` lets several threads make the same thing, and while one adds words, another may not read: "Already borrowed".
    with _LOADING:
        return _loaded_rust_tokenizer()


@cache
def _loaded_rust_tokenizer() -> object:
    import rjieba

    # The one that the package makes when it is imported; a second would load the dictionary again (0.1 s, 30 MB).
    for word in domain_words():
        rjieba.add_word(word, _FREQUENCY, None)
    return rjieba


@cache
def _python_tokenizer() -> jieba.Tokenizer:
    import jieba

    tokenizer = jieba.Tokenizer()
    # Not initialize(): that loads a marshalled cache from the shared temporary folder, where anybody can put one.
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    for word in domain_words():
        tokenizer.add_word(word, _FREQUENCY)
    return tokenizer


@cache
def _lookup() -> Callable[[str], bool]:
    try:
        has_word: Callable[[str], bool] = _rust_tokenizer().has_word  # type: ignore[attr-defined]
        return has_word
    except ImportError:
        frequencies = _python_tokenizer().FREQ
        return lambda s: bool(frequencies.get(s))


@cache
def _tfidf(extractor_class: Callable[[], object]) -> object:
    extractor = extractor_class()
    extractor.tokenizer = _Cutter()  # type: ignore[attr-defined]
    return extractor


class _Cutter:
    """What jieba's keyword extraction needs of a tokenizer, on top of our segmentation."""

    def cut(self, sentence: str) -> Iterator[str]:
        return (word for word, _, _ in segment(sentence))


def _jieba_file(name: str) -> Path:
    spec = find_spec("jieba")  # finds the package without running it
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("jieba is not installed; install duzheng with its dependencies")
    return Path(spec.origin).with_name(name)
