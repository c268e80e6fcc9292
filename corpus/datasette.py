"""What Datasette is told about the SQLite file of a corpus: titles, facets, what each column means, some questions.

``duzheng export metadata.yaml --datasette`` writes it; then ``datasette corpus.sqlite -m metadata.yaml``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from corpus import tables
from corpus.columns import TABLES
from corpus.durable import make_folder, write_whole
from corpus.migrations.views4 import VIEWS
from schemas.errors import CorpusError

_FACETS: dict[str, list[str]] = {
    "v_documents": ["province", "city", "role", "genre", "year"],
    "v_communities": ["province", "city", "mode", "stage"],
    "v_targets": ["province", "unit", "comparator", "per"],
    "v_tasks": ["province", "county"],
    "v_leaders": ["leader_role"],
    "v_citations": ["cited_title"],
    "v_attachments": ["included"],
    "v_scoring": ["province"],
    "v_findings": ["pack", "verdict", "severity", "requirement", "city"],
    "v_decisions": ["kind", "pack", "who"],
    "v_files": ["status", "cause", "media_type"],
}
_QUERIES: dict[str, dict[str, str]] = {
    "verdicts_by_county": {
        "title": "各县区各类结论数 Verdicts by county",
        "sql": "SELECT province, city, county, pack, verdict, count(*) AS findings FROM v_findings "
        "GROUP BY province, city, county, pack, verdict ORDER BY province, city, county, pack",
    },
    "faults_by_requirement": {
        "title": "各项要求的问题数 Faults by requirement",
        "sql": "SELECT pack, requirement, name, severity, count(*) AS plans, "
        "sum(verdict IN ('partial', 'not_met', 'not_found', 'conflict', 'undetermined')) AS faults "
        "FROM v_findings GROUP BY pack, requirement ORDER BY faults DESC",
    },
    "words_in_targets": {
        "title": "按用词查指标 Targets that speak of a word",
        "sql": "SELECT * FROM v_targets WHERE quote LIKE '%' || :word || '%' ORDER BY province, city, county",
    },
}


def metadata() -> dict[str, Any]:
    """Datasette's metadata for a database named ``corpus``: the views explained, the tables beneath them hidden."""
    shown: dict[str, Any] = {
        f"v_{name}": {
            "title": table.title,
            "description": f"A row is {table.row}.",
            "columns": {column.name: column.says for column in table.columns},
            "facets": _FACETS[f"v_{name}"],
        }
        for name, table in TABLES.items()
        if f"v_{name}" in VIEWS
    }
    shown["v_findings"]["columns"] = {
        column.name: column.says for column in TABLES["findings"].columns if column.name not in _OF_TODAY
    }
    shown["v_files"] = {
        "title": "原件 Files",
        "description": "A row is one file that was taken in, read or not, and why not.",
        "facets": _FACETS["v_files"],
    }
    hidden = {str(table.name): {"hidden": True} for table in tables.metadata.sorted_tables}
    hidden["sqlite_sequence"] = {"hidden": True}
    return {
        "title": "督政语料库 Corpus of duzheng",
        "databases": {"corpus": {"tables": shown | hidden, "queries": _QUERIES}},
    }


_OF_TODAY = ("leading", "final_verdict", "disposition", "rectification", "open", "overdue", "change", "since")
"""Columns of findings that are told for a day, which a view cannot know."""


def write(path: Path) -> Path:
    """Write the metadata as YAML; an existing file is replaced.

    Raises:
        CorpusError: it cannot be written.
    """
    import yaml

    text = yaml.safe_dump(metadata(), allow_unicode=True, sort_keys=False, width=120)
    try:
        make_folder(path.absolute().parent)
        write_whole(path.absolute(), text.encode())
    except OSError as error:
        raise CorpusError(f"{path}: 无法写入 / cannot be written: {error.strerror or error}") from error
    return path
