"""``duzheng relations``, ``duplicates`` and ``citations``: how the documents of the corpus stand to each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duzheng import console
from duzheng.options import Format, FormatOption, Home
from schemas.china_time import today_in_china

if TYPE_CHECKING:
    from schemas.relations import CitationLink, DocumentRef, DuplicateGroup, MissingDocument, Relations, Version

_QUOTE_SHOWN = 100
_CHANGES_SHOWN = 12
_CITED_BY_SHOWN = 20
_ROWS_SHOWN = 30

Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="另存表格：.xlsx、.csv 或 .jsonl Write the table as well."),
]


def relations(
    document: Annotated[
        str,
        typer.Argument(
            metavar="DOC",
            help="语料库中的编号、文号，或已入库的文件 An id or a document number of the corpus, or a file that is in it.",
        ),
    ],
    home: Home = None,
    today: Annotated[
        str | None,
        typer.Option("--today", metavar="YYYY-MM-DD", help="判断是否有效的日期 The day for which force is said."),
    ] = None,
    format: FormatOption = Format.table,
) -> None:
    """文件关系 Say how one document stands to the others: versions, copies, attachments, whom it cites, who cites it, its force.

    Exit status 0: said; 1: there is no such document; 2: wrong usage.
    """
    from duzheng import chosen
    from duzheng.decide_commands import _day

    day = today_in_china() if today is None else _day(today, "--today")
    name = chosen.document(document, home).id if Path(document).is_file() else document
    with chosen.corpus_at(home) as corpus:
        reader = corpus.relations()
        found = reader.of(reader.named(name), day)
    if format is Format.json:
        print(found.model_dump_json())
    else:
        _print(found)


def duplicates(home: Home = None, out: Out = None, format: FormatOption = Format.table) -> None:
    """重复文件 List the documents that say the same: cross-posts, other page furniture, simplified and traditional copies.

    Exit status 0: listed, however many there are; 1: the corpus cannot be read; 2: wrong usage.
    """
    from duzheng import chosen, output

    with chosen.corpus_at(home) as corpus:
        groups = corpus.relations().duplicates()
    if out:
        _write(out, "重复文件", _DUPLICATE_COLUMNS, _duplicate_rows(groups))
    if format is Format.json:
        _json(groups)
        return
    page = console.stdout()
    extra = sum(len(group.members) - 1 for group in groups)
    page.print(f"重复文件 {len(groups)} 组，多余 {extra} 份 / groups {len(groups)}, copies {extra}", style="bold")
    for group in groups[:_ROWS_SHOWN]:
        kind = "文字相同 exact" if group.exact else "基本相同 near"
        page.print(output.plain(f"{_name(group.representative)}（{len(group.members)} 份，{kind}）"), style="bold")
        for member in group.members:
            page.print(output.plain(f"  {'代表' if member.id == group.representative.id else '　　'} {_where(member)}"))
    _left_out(len(groups))


def citations(home: Home = None, out: Out = None, format: FormatOption = Format.table) -> None:
    """引用缺失 List the documents that are cited and that the corpus does not have, the most cited first.

    Exit status 0: listed, however many there are; 1: the corpus cannot be read; 2: wrong usage.
    """
    from rich.table import Table

    from duzheng import chosen, output
    from schemas.relations import CAPACITY_NAMES

    with chosen.corpus_at(home) as corpus:
        found = corpus.relations().missing()
    if out:
        _write(out, "引用缺失", _CITATION_COLUMNS, _citation_rows(found))
    if format is Format.json:
        _json(found)
        return
    page = console.stdout()
    page.print(f"被引用而库中没有的文件 {len(found)} 份 / cited and not in the corpus: {len(found)}", style="bold")
    table = Table(show_edge=False, pad_edge=False)
    table.add_column("被引 cited by", justify="right", no_wrap=True)
    table.add_column("文件 document", overflow="fold", ratio=3)
    table.add_column("文号 number", overflow="fold", ratio=1)
    table.add_column("用途 as", overflow="fold", ratio=1)
    for one in found[:_ROWS_SHOWN]:
        title = output.plain(one.title)
        if one.candidates:
            title.append(
                f"\n库中有 {len(one.candidates)} 份可能是它，未能确定 / {len(one.candidates)} candidates", "yellow"
            )
        uses = "、".join(f"{CAPACITY_NAMES[use]} {count}" for use, count in one.capacities.items())
        table.add_row(str(one.documents), title, output.plain(one.document_number or ""), uses)
    page.print(table)
    _left_out(len(found))


def _print(found: Relations) -> None:
    from duzheng import output
    from schemas.relations import FORCE_NAMES

    page = console.stdout()
    page.print(output.plain(_name(found.document)), style="bold")
    page.print(output.plain(_where(found.document)), style="dim")
    if found.gone_since:
        page.print(output.plain(output.gone(found.gone_since)), style="yellow")
    force = found.force
    style = "red" if force.state in ("repealed", "withdrawn", "expired") else "bold"
    page.print(output.plain(f"效力（{force.on}）force：{FORCE_NAMES[force.state]}"), style=style)
    for statement in force.statements:
        page.print(output.plain(f"  {statement.day or ''} “{output.shorten(statement.quote, _QUOTE_SHOWN)}”".rstrip()))
    for link in force.ended_by:
        _print_citing(link)
    if len(found.versions) > 1 or found.versions[0].copies:
        page.print(f"版本 versions：{len(found.versions)}", style="cyan")
        for number, version in enumerate(found.versions, start=1):
            _print_version(number, version)
    for title, documents in (
        ("同一压缩包或网页 came with", found.bundle),
        ("可能是其附件 attached to", found.attached_to),
    ):
        if documents:
            page.print(title, style="cyan")
            for one in documents:
                page.print(output.plain(f"  {_name(one)}　{_where(one)}"))
    if found.attachments:
        page.print("附件 attachments", style="cyan")
        for attachment in found.attachments:
            state = "已含 included" if attachment.included else "未取得 not obtained"
            page.print(output.plain(f"  {attachment.number or ''} {attachment.title}（{state}）"))
            for one in attachment.documents:
                page.print(output.plain(f"    可能是 may be {_where(one)}"))
    if found.cites:
        page.print(f"引用 cites：{len(found.cites)}", style="cyan")
        for link in found.cites:
            _print_cited(link)
    for title, links in (
        ("被引用 cited by", found.cited_by),
        ("可能被引用，未能确定 perhaps cited by", found.ambiguous_citations),
    ):
        if links:
            page.print(f"{title}：{len(links)}", style="cyan")
            for link in links[:_CITED_BY_SHOWN]:
                _print_citing(link)
            if len(links) > _CITED_BY_SHOWN:
                page.print(f"  另有 {len(links) - _CITED_BY_SHOWN} 处，见 --format json", style="dim")


def _print_version(number: int, version: Version) -> None:
    from duzheng import output
    from schemas.comparison import MOVED_NAME, STATE_NAMES

    page = console.stdout()
    mark = "现行 latest" if version.latest else "旧版 earlier"
    page.print(output.plain(f"  {number}. {version.document.date or '日期不明'} {mark}　{_where(version.document)}"))
    for copy in version.copies:
        page.print(output.plain(f"     副本 copy　{_where(copy)}"), style="dim")
    counts = [f"{STATE_NAMES[pair]} {version.counts[pair]}" for pair in STATE_NAMES if version.counts.get(pair)]
    if version.changes:
        page.print(output.plain(f"     与上一版相比 against the one before：{'，'.join(counts)}"))
    for pair in version.changes[:_CHANGES_SHOWN]:
        clause = pair.right or pair.left
        state = MOVED_NAME if pair.state == "same" else STATE_NAMES[pair.state]
        quote = "；".join(f"“{one.left_quote}”→“{one.right_quote}”" for one in pair.changes)
        text = quote if pair.state == "edited" and quote else clause.quote if clause else ""
        page.print(output.plain(f"     {state} {clause.clause if clause else ''} {output.shorten(text, _QUOTE_SHOWN)}"))
    if len(version.changes) > _CHANGES_SHOWN:
        page.print(f"     另有 {len(version.changes) - _CHANGES_SHOWN} 处，见 duzheng compare", style="dim")


def _print_cited(link: CitationLink) -> None:
    from duzheng import output
    from schemas.relations import CAPACITY_NAMES

    page = console.stdout()
    page.print(output.plain(f"  {CAPACITY_NAMES[link.capacity]}《{link.title}》{link.document_number or ''}"))
    if link.resolved:
        page.print(output.plain(f"    → {_where(link.resolved)}"), style="green")
    elif link.candidates:
        page.print("    → 未能确定，可能是 ambiguous:", style="yellow")
        for one in link.candidates:
            page.print(output.plain(f"       {_name(one)}　{_where(one)}"))
    else:
        page.print("    → 库中没有 not in the corpus", style="red")
    page.print(output.plain(f"    “{output.shorten(link.quote, _QUOTE_SHOWN)}”"), style="dim")


def _print_citing(link: CitationLink) -> None:
    from duzheng import output
    from schemas.relations import CAPACITY_NAMES

    page = console.stdout()
    page.print(output.plain(f"  {CAPACITY_NAMES[link.capacity]} {_name(link.citing)}　{_where(link.citing)}"))
    page.print(output.plain(f"    “{output.shorten(link.quote, _QUOTE_SHOWN)}”"), style="dim")


def _name(one: DocumentRef) -> str:
    return f"{one.title or '（无标题）'}{f'（{one.document_number}）' if one.document_number else ''}"


def _where(one: DocumentRef) -> str:
    number = f"#{one.index + 1}" if one.index is not None else ""
    return f"{one.id} {one.uri}{number}{'' if one.current else '（已被替换 superseded）'}"


def _left_out(count: int) -> None:
    if count > _ROWS_SHOWN:
        console.stdout().print(f"另有 {count - _ROWS_SHOWN} 项，见 --out 或 --format json", style="dim")


def _json(results: Iterable[Any]) -> None:
    from duzheng import output

    writer = output.JsonArray()
    for one in results:
        writer.add(one)
    writer.close()


_DUPLICATE_COLUMNS = ("组", "文字相同", "代表", "标题", "文号", "发文机关", "日期", "来源", "编号")
_CITATION_COLUMNS = ("被引文件数", "标题", "文号", "用途", "库中可能", "引用文件", "引用文号", "引文", "引用编号")


def _duplicate_rows(groups: Sequence[DuplicateGroup]) -> Iterator[tuple[Any, ...]]:
    for number, group in enumerate(groups, start=1):
        for one in group.members:
            first = one.id == group.representative.id
            yield (
                *(number, "是" if group.exact else "否", "是" if first else "", one.title, one.document_number),
                *(one.issuers, one.date, one.uri, one.id),
            )


def _citation_rows(found: Sequence[MissingDocument]) -> Iterator[tuple[Any, ...]]:
    from schemas.relations import CAPACITY_NAMES

    for one in found:
        for link in one.citing:
            yield (
                *(one.documents, one.title, one.document_number, CAPACITY_NAMES[link.capacity], len(one.candidates)),
                *(link.citing.title, link.citing.document_number, link.quote, link.citing.id),
            )


def _write(file: Path, name: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    import pandas as pd

    from corpus.export import write

    write({name: pd.DataFrame(list(rows), columns=list(columns))}, file)
