"""What works on this machine, in which version, and the cure for what does not."""

from __future__ import annotations

import platform
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib import metadata, util
from pathlib import Path
from typing import Any

from duzheng import console

LOW_DISK_BYTES = 1024**3


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. What is ``optional`` may be missing without anything being wrong."""

    kind: str
    name: str
    available: bool
    version: str | None = None
    detail: str = ""
    cure: str = ""
    optional: bool = False

    def as_dict(self) -> dict[str, Any]:
        """The finding for programs."""
        return asdict(self)


_REINSTALL = "run `make setup` again, or pip install duzheng"

_ENGINES = (
    # import name, distribution, what it is for
    ("opencc", "opencc", "简繁转换 script conversion"),
    ("rjieba", "rjieba", "分词 words"),
    ("jieba", "jieba", "关键词 keywords"),
    ("tantivy", "tantivy", "检索 search index"),
    ("sqlalchemy", "sqlalchemy", "存储 store"),
    ("prefect", "prefect", "流程 flows"),
    ("openpyxl", "openpyxl", "问题台账 ledger"),
    ("pandas", "pandas", "导出表格 exports"),
    ("pypdfium2", "pypdfium2", "PDF，页面标注图 PDF, pages with boxes"),
    ("jinja2", "jinja2", "报告 report"),
)


def examine(home: Path) -> list[Finding]:
    """Look at everything duzheng relies on; imports nothing heavy."""
    return [*_readers(), *_engines(), *_converters(), *_machine(home), _corpus(home)]


def _readers() -> Iterator[Finding]:
    yield Finding("reader 读取", "archive", True, None, ".zip .tar .tar.gz .tar.bz2 .tar.xz .gz .bz2 .xz")
    yield _seven_zip()
    yield Finding("reader 读取", "mail", True, None, ".eml .mbox")
    from extractors.readers import readers

    for reader in readers():
        yield Finding(
            "reader 读取",
            reader.name,
            reader.available,
            reader.version,
            " ".join(reader.extensions),
            "" if reader.available else reader.cure,
            # A format that is not read yet is recorded as not read: nothing is lost.
            optional=True,
        )


def _seven_zip() -> Finding:
    from extractors.containers import seven_zip

    version = seven_zip.version()
    detail = ".7z .rar .zst 7-Zip"
    cure = "" if version else seven_zip.CURE
    # Without it such archives are recorded as not read: nothing is lost.
    return Finding("reader 读取", "archive 7z/RAR", version is not None, version, detail, cure, optional=True)


def _engines() -> Iterator[Finding]:
    for module, distribution, purpose in _ENGINES:
        found = util.find_spec(module) is not None
        version = metadata.version(distribution) if found else None
        yield Finding("engine 引擎", distribution, found, version, purpose, "" if found else _REINSTALL)
    yield Finding("engine 引擎", "python", sys.version_info >= (3, 11), platform.python_version(), sys.executable)
    modern = sqlite3.sqlite_version_info >= (3, 35)
    yield Finding("engine 引擎", "sqlite", modern, sqlite3.sqlite_version, "存储 store", "" if modern else "needs 3.35")


def _converters() -> Iterator[Finding]:
    from extractors.readers.office import soffice

    program = soffice.find()
    version = soffice.version() if soffice.ready() else None
    yield Finding(
        "converter 转换",
        "LibreOffice",
        version is not None,
        version,
        str(program) if program else "DOC, WPS",
        "" if version else soffice.CURE,
        optional=True,
    )


def _machine(home: Path) -> Iterator[Finding]:
    place = next((folder for folder in (home.absolute(), *home.absolute().parents) if folder.is_dir()), Path.cwd())
    free = shutil.disk_usage(place).free
    enough = free >= LOW_DISK_BYTES
    cure = "" if enough else "free some space, or name another folder with --home"
    yield Finding("machine 本机", "disk", enough, None, f"{free / 1024**3:.1f} GB free in {place}", cure)


def _corpus(home: Path) -> Finding:
    if not home.is_dir():
        return Finding(
            "corpus 语料库", str(home), False, None, "not there yet 尚未建立", "duzheng ingest PATH...", optional=True
        )
    from corpus.corpus import Corpus
    from schemas.errors import CorpusError

    try:
        with Corpus.open(home) as corpus:
            failures = len(corpus.failures())
            documents = sum(1 for _ in corpus.documents())
    except CorpusError as error:
        return Finding("corpus 语料库", str(home), False, None, console.one_line(error), "see the message")
    return Finding("corpus 语料库", str(home), True, None, f"{documents} documents, {failures} files not read")


def print_table(findings: list[Finding]) -> None:
    """The findings, one row each; what to do stands in the last column."""
    from rich.table import Table
    from rich.text import Text

    table = Table(show_edge=False, pad_edge=False)
    for heading in ("", "", "名称 name", "版本 version", "说明", "办法 cure"):
        table.add_column(heading, overflow="fold")
    for finding in findings:
        mark = Text("✓", "green") if finding.available else Text("－" if finding.optional else "✗", "yellow")
        cells = (finding.kind, finding.name, finding.version or "", finding.detail, finding.cure)
        table.add_row(mark, *(Text(cell) for cell in cells))
    console.stdout().print(table)
