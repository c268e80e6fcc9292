"""One document by the name that people give it: its identifier in the corpus, or a file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from duzheng import console
from schemas.errors import CorpusError

if TYPE_CHECKING:
    from corpus.corpus import Corpus
    from schemas.document import Document

_NUMBERED = re.compile(r"(.+)#([0-9]{1,6})")


def corpus_at(home: Path | None) -> Corpus:
    """The corpus of ``--home``, opened for reading.

    Raises:
        CorpusError: there is none.
    """
    from corpus.corpus import Corpus
    from duzheng import settings

    return Corpus.open(settings.home(home))


def corpus_if_there(home: Path | None) -> Corpus | None:
    """The corpus of ``--home``, opened for reading; None where none was named and there is none at the usual place.

    Raises:
        CorpusError: one was named and there is none, or it cannot be opened.
    """
    from corpus.database import Database
    from duzheng import settings

    if home is None and not Database.of(settings.home(None)).joined().exists():
        return None
    return corpus_at(home)


def document(name: str, home: Path | None) -> Document:
    """The document called ``name``: a file (``FILE#2`` is the second document in it), else an identifier of the corpus.

    Raises:
        CorpusError: there is no such file and no such document, the file could not be read, or holds several documents.
    """
    numbered = _NUMBERED.fullmatch(name)
    if Path(name).is_file():
        return _of_file(Path(name), None)
    if numbered and Path(numbered[1]).is_file():
        return _of_file(Path(numbered[1]), int(numbered[2]))
    opened = corpus_if_there(home)
    if opened is None:
        raise CorpusError(
            f"{name}: 没有这个文件，也没有语料库 / no such file, and no corpus to look in; name one with --home"
        )
    with opened as corpus:
        found = corpus.document(name)
        if found is None:
            raise CorpusError(
                f"{name}: no such file, and no document of this id in {corpus.home} 没有这个文件或编号 (try: duzheng search)"
            )
        return found


def _of_file(path: Path, number: int | None) -> Document:
    from duzheng import output, reading

    documents: list[Document] = []
    for outcome in reading.read([path]):
        for failure in output.failures_of(outcome):
            console.complain(failure)
        documents += output.documents_of(outcome)
    if not documents:
        raise CorpusError(f"{path}: no document could be read from it 未能读出文件 (see the line above)")
    if number is None and len(documents) > 1:
        raise CorpusError(
            f"{path}: holds {len(documents)} documents 内有多份文件; say which: {path.name}#1 … #{len(documents)}"
        )
    if number is not None and not 1 <= number <= len(documents):
        raise CorpusError(f"{path}#{number}: holds {len(documents)} documents 内共 {len(documents)} 份")
    return documents[(number or 1) - 1]
