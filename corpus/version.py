"""Versions taken from content, so that nobody has to remember to raise a number.

``extraction_version`` decides whether a file must be read again, ``index_version`` whether the index must be built again;
``engine_version`` tells in the history of findings whether the rules of checking had changed; ``relations_version`` decides whether
what documents have to do with each other must be made anew.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable

_COUNTED = (".py", ".yaml", ".yml", ".txt", ".tsv", ".csv", ".json")

_NO_RULES = (
    "checks/packs/",
    "checks/axes",
    "checks/drafting/",
    "checks/templates/",
    "checks/ledger",
    "checks/report",
    "checks/matrix",
    "checks/outputs/",
    "checks/pack",
    "checks/workbooks",
)


@cache
def extraction_version() -> str:
    """Sixteen hexadecimal digits over the rules and lexicons of ``extractors`` and the document's schema.

    When a rule or a word changes, the next ingest reads everything again; when nothing changes it reads nothing.
    """
    digest = sha256()
    for name, part in [
        ("schemas/document.py", files("schemas") / "document.py"),
        *_files(files("extractors"), "extractors"),
    ]:
        digest.update(f"{name}\0".encode())
        digest.update(part.read_bytes())
    return digest.hexdigest()[:16]


@cache
def engine_version() -> str:
    """Sixteen hexadecimal digits over the rules of checking; the packs have hashes of their own.

    What only prints (ledger, report, matrix, templates) or drafts does not count: it changes no verdict.
    """
    digest = sha256()
    for name, part in [
        ("schemas/finding.py", files("schemas") / "finding.py"),
        ("schemas/requirement.py", files("schemas") / "requirement.py"),
        *_files(files("checks"), "checks"),
    ]:
        if not name.startswith(_NO_RULES):
            digest.update(f"{name}\0".encode())
            digest.update(part.read_bytes())
    return digest.hexdigest()[:16]


@cache
def relations_version() -> str:
    """Sixteen hexadecimal digits over what makes documents into the rows of ``corpus.relations``: its own rules, and those that
    find citations, statements and words."""
    digest = sha256(extraction_version().encode())
    for name in ("alone.py", "candidates.py", "keys.py", "likeness.py", "upkeep.py"):
        digest.update(f"\0{name}\0".encode())
        digest.update(files("corpus").joinpath("relations", name).read_bytes())
    return digest.hexdigest()[:16]


@cache
def index_version() -> str:
    """Sixteen hexadecimal digits over what makes a text into the terms of the index: fold, dictionary, fields."""
    import opencc

    from corpus.index import VERSION
    from extractors.words import dictionary_hash

    digest = sha256(f"{VERSION}\0{opencc.__version__}\0{dictionary_hash()}".encode())
    for name in ("fold.py", "script.py", "lexicons/fold.txt", "lexicons/script_regions.yaml"):
        digest.update(files("extractors").joinpath(name).read_bytes())
    return digest.hexdigest()[:16]


def _files(folder: Traversable, name: str) -> list[tuple[str, Traversable]]:
    found = []
    for part in sorted(folder.iterdir(), key=lambda p: p.name):
        if part.is_dir():
            if part.name != "__pycache__":
                found += _files(part, f"{name}/{part.name}")
        elif part.name.endswith(_COUNTED):
            found.append((f"{name}/{part.name}", part))
    return found
