"""Is what an archive holds what a corpus can hold? Everything is looked at before anything is taken.

An archive may have been changed, by accident or on purpose. Its hashes show the accident; this shows rows that no
program of ours wrote: wrong columns and types, documents that are none, columns that differ from their document, a
broken chain of decisions.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from pydantic import ValidationError

from corpus import tables as t
from corpus.batch import document_row
from corpus.decisions import chained
from corpus.migrations import latest
from corpus.transfer import packs
from corpus.transfer.carry_out import START
from corpus.transfer.container import MANIFEST, MAX_MANIFEST_BYTES, MAX_ORIGINAL_BYTES, Supply
from corpus.transfer.manifest import CARRIED, Manifest
from schemas.decision import DECISION
from schemas.document import Document
from schemas.errors import CorpusError
from schemas.finding import PlanCheck
from schemas.identity import finding_id

Row = dict[str, Any]
_SHA256 = re.compile(r"[0-9a-f]{64}")
_GREATEST = 2**63 - 1
_NOT_OF_CHECK = "与检查结果不符 / differs from the check"
_NO_SHA256 = "不是 SHA-256 / no SHA-256"
_GONE: dict[str, tuple[str, ...]] = {t.findings.name: ("element",)}
"""Columns of archives of earlier versions that were never filled."""


@contextmanager
def opened(path: Path, home: Path, beside: Path | None = None) -> Iterator[tuple[Supply, Manifest]]:
    """An archive in which every row was looked at and for which there is room in ``home``, which need not be there yet;
    ``beside`` as for ``Supply``.

    Raises:
        CorpusError: it cannot be taken in.
    """
    with Supply(path, beside) as supply:
        manifest = manifest_of(supply)
        needed = sum(part.bytes for part in manifest.tables.values()) + sum(
            size for _, size in originals(supply, manifest)
        )
        if needed > shutil.disk_usage(next(p for p in (home, *home.absolute().parents) if p.is_dir())).free:
            raise CorpusError(
                f"{home}: 磁盘空间不足，放入 {path} 需要 {needed} 字节 / no room for {path}: {needed} bytes are needed"
            )
        examine(supply, manifest)
        packs.examine(supply, manifest)
        yield supply, manifest


def manifest_of(supply: Supply) -> Manifest:
    """What the archive says of itself.

    Raises:
        CorpusError: it says nothing that this program understands, or a later version made it.
    """
    try:
        manifest = Manifest.model_validate_json(supply.whole(MANIFEST, MAX_MANIFEST_BYTES))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise supply.fault_in(f"{MANIFEST}: {place}", first["msg"]) from error
    if manifest.schema_version > latest():
        raise CorpusError(
            f"{supply.path}: 由更新的版本导出（结构 {manifest.schema_version}，此程序为 {latest()}），请用那个版本 / "
            f"was made by a later version of duzheng (schema "
            f"{manifest.schema_version}, this program has {latest()}); use that version"
        )
    if set(manifest.tables) != {table.name for table in CARRIED}:
        known = ", ".join(table.name for table in CARRIED)
        raise supply.fault(f"{MANIFEST} 中的表应是 {known}", f"{MANIFEST}: other tables than {known}")
    return manifest


def rows(supply: Supply, manifest: Manifest, table: sa.Table) -> Iterator[Row]:
    """The rows of a table, each with every column, in the order of their keys and each key once.

    Raises:
        CorpusError: the file was changed, or a row is not one of that table.
    """
    part = manifest.tables[table.name]
    name = f"tables/{table.name}.jsonl"
    keys = [column.name for column in table.primary_key]
    count, before = 0, None
    for number, row in supply.rows(name, part.bytes, part.sha256):
        for gone in _GONE.get(table.name, ()):
            if row.get(gone, "") is None:
                del row[gone]
        if unknown := sorted(set(row) - set(table.columns.keys())):
            raise supply.fault(
                f"{name} 第 {number} 行：没有 {unknown[0]} 这一列", f"{name}, line {number}: {unknown[0]} is no column"
            )
        for column in table.columns:
            value = row.setdefault(column.name, None)
            if not _fits(column, value):
                raise supply.fault(
                    f"{name} 第 {number} 行：{column.name} 的值不合规定",
                    f"{name}, line {number}: {column.name} is not what it must be",
                )
        key = tuple(row[one] for one in keys)
        if before is not None and key <= before:
            raise supply.fault(
                f"{name} 第 {number} 行重复，或次序不对",
                f"{name}, line {number}: a row is there twice, or not in its place",
            )
        before, count = key, number
        yield row
    if count != part.rows:
        raise _counted(supply, name, count, part.rows)


def originals(supply: Supply, manifest: Manifest) -> Iterator[tuple[str, int]]:
    """The SHA-256 and size of every original.

    Raises:
        CorpusError: the list was changed, or names what is no original.
    """
    part = manifest.originals
    before, count = "", 0
    for number, row in supply.rows("originals.jsonl", part.bytes, part.sha256):
        name, size = row.get("sha256"), row.get("bytes")
        if not (isinstance(name, str) and _SHA256.fullmatch(name)) or type(size) is not int or len(row) != 2:
            raise supply.fault(
                f"originals.jsonl 第 {number} 行不是原件", f"originals.jsonl, line {number}: no original"
            )
        if name <= before or not 0 <= size <= MAX_ORIGINAL_BYTES:
            raise supply.fault(
                f"originals.jsonl 第 {number} 行重复、次序不对或过大",
                f"originals.jsonl, line {number}: twice, not in its place, or too large",
            )
        if supply.size(place(name)) != size:
            raise supply.fault(f"{place(name)} 的大小与清单不符", f"{place(name)} has another size than the list says")
        before, count = name, number
        yield name, size
    if count != part.rows:
        raise _counted(supply, "originals.jsonl", count, part.rows)


def _counted(supply: Supply, name: str, count: int, expected: int) -> CorpusError:
    return supply.fault(
        f"{name} 有 {count} 行，清单记为 {expected} 行", f"{name}: {count} rows, the manifest says {expected}"
    )


def place(name: str) -> str:
    """Where an original stands in an archive."""
    return f"originals/{name[:2]}/{name[2:4]}/{name}"


def examine(supply: Supply, manifest: Manifest) -> None:
    """Look at every row.

    Raises:
        CorpusError: the first that is not what it should be.
    """
    chain = START
    bodies: dict[int, str] = {}
    for table in CARRIED:
        look = _LOOKS.get(table.name)
        for number, row in enumerate(rows(supply, manifest, table), start=1):
            try:
                if look is not None:
                    look(row)
                if table is t.runs:
                    _whole(row, bodies)
                if table is t.decisions:
                    _expect(row["number"] == number, "缺少此前的记录 / records before this one are missing")
                    chain = chained(chain, row["body"])
                    _expect(
                        row["chain"] == chain, "此记录或此前的记录被改动 / this record or one before it was changed"
                    )
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                reason = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
                raise supply.fault_in(f"tables/{table.name}.jsonl", reason, line=number) from error
    if chain != manifest.chain:
        raise supply.fault("缺少最后的处置记录", "the last records of decisions are missing")


def _fits(column: sa.Column[Any], value: object) -> bool:
    if value is None:
        return bool(column.nullable)
    if isinstance(column.type, sa.Boolean):
        return isinstance(value, bool)
    if isinstance(column.type, sa.Integer):
        return type(value) is int and 0 <= value <= _GREATEST
    # Neither a NUL nor half of a surrogate pair: no database of the two takes them.
    return isinstance(value, str) and "\0" not in value and not any("\ud800" <= c <= "\udfff" for c in value)


def _expect(holds: bool, what: str) -> None:
    if not holds:
        raise ValueError(what)


def _source(row: Row) -> None:
    _expect(bool(_SHA256.fullmatch(row["sha256"])), _NO_SHA256)
    _expect(row["status"] in ("read", "failed"), "status 应是 read 或 failed / status is neither read nor failed")
    _expect(all(isinstance(one, str) for one in json.loads(row["attachments"])), "attachments")
    _expect(all("uri" in one for one in json.loads(row["attachment_failures"])), "attachment_failures")


def _document(row: Row) -> None:
    document = Document.model_validate_json(row["body"])
    made = document_row(document, row["source_sha256"], row["position"], row["body"])
    different = ", ".join(name for name, value in made.items() if row[name] != value)
    _expect(not different, f"{different} 与文件不符 / {different} differs from the document")


def _companion(row: Row) -> None:
    _expect(bool(_SHA256.fullmatch(row["sha256"])), _NO_SHA256)


def _check(row: Row) -> None:
    check = PlanCheck.model_validate_json(row["body"])
    named = (check.plan.id, check.pack.id, check.pack.sha256)
    _expect(named == (row["document_id"], row["pack_id"], row["pack_sha256"]), _NOT_OF_CHECK)


def _finding(row: Row) -> None:
    id = finding_id(row["pack_id"], row["requirement"], row["unit"])
    _expect(row["id"] == id, "编号与结论不符 / the identifier is not that of the finding")


def _whole(row: Row, bodies: dict[int, str]) -> None:
    """A run: its body, or the earlier run that holds the same."""
    if row["body"] is None:
        _expect(
            bodies.get(row["same_as"]) == row["body_sha256"], "所指的检查不在 / the run that it refers to is not there"
        )
        return
    _expect(sha256(row["body"].encode()).hexdigest() == row["body_sha256"], "正文被改动 / the body was changed")
    check = PlanCheck.model_validate_json(row["body"])
    _expect((check.plan.id, check.pack.id) == (row["document_id"], row["pack_id"]), _NOT_OF_CHECK)
    _expect(all(isinstance(one, str) for one in json.loads(row["attachments"])), "attachments")
    bodies[row["number"]] = row["body_sha256"]


def _decision(row: Row) -> None:
    made = DECISION.validate_json(row["body"])
    named = (made.id, made.number, made.finding, made.kind, made.who, made.corrects)
    _expect(
        named == tuple(row[name] for name in ("id", "number", "finding_id", "kind", "who", "corrects")),
        "与记录不符 / differs from the record",
    )


def _saved_search(row: Row) -> None:
    _expect(isinstance(json.loads(row["filters"]), dict), "filters")


_LOOKS: dict[str, Callable[[Row], None]] = {
    "sources": _source,
    "documents": _document,
    "companions": _companion,
    "checks": _check,
    "findings": _finding,
    "decisions": _decision,
    "saved_searches": _saved_search,
}
