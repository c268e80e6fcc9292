"""Results as people and programs see them: tables by Rich, JSON by the models themselves."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from checks.matrix import SIGNS
from duzheng import console
from schemas.finding import SEVERITY_NAMES, VERDICT_NAMES, Verdict
from schemas.outcome import Failure, Outcome

if TYPE_CHECKING:
    from pydantic import BaseModel
    from rich.text import Text

    from flows.summary import IngestSummary
    from schemas.document import Document, Jurisdiction
    from schemas.finding import PlanCheck
    from schemas.requirement import Pack

VERDICT_STYLES: dict[Verdict, str] = {
    "met": "green",
    "partial": "yellow",
    "not_met": "bold red",
    "not_found": "red",
    "conflict": "magenta",
    "not_applicable": "dim",
    "undetermined": "cyan",
}
VERDICT_MARKS: dict[Verdict, str] = SIGNS

GENRE_NAMES = {
    "notice": "通知",
    "opinion": "意见",
    "plan": "方案",
    "measures": "办法",
    "agreement": "协议",
    "report": "报告",
    "letter": "函",
    "reply": "批复",
    "announcement": "公告",
    "list": "名单",
    "regulation": "法规",
    "other": "其他",
}
ROLE_NAMES = {"requirement": "要求", "plan": "方案", "submission": "材料", "other": "其他"}


class JsonArray:
    """A JSON array on standard output, one element a line, written as the elements come."""

    def __init__(self) -> None:
        self._empty = True

    def add(self, element: BaseModel) -> None:
        sys.stdout.write("[\n" if self._empty else ",\n")
        sys.stdout.write(element.model_dump_json())
        self._empty = False

    def close(self) -> None:
        sys.stdout.write("[]\n" if self._empty else "\n]\n")


def failures_of(outcome: Outcome | Failure) -> Iterator[Failure]:
    """What could not be read of one file, its attachments included."""
    if isinstance(outcome, Failure):
        yield outcome
        return
    if outcome.failure is not None:
        yield outcome.failure
    yield from outcome.attachment_failures


def documents_of(outcome: Outcome | Failure) -> Sequence[Document]:
    """The documents read from one file."""
    return [] if isinstance(outcome, Failure) else outcome.documents


def gone(since: str) -> str:
    """That a document is no longer where it was published; ``since`` is the day."""
    return f"来源已撤下，{since} 起不再列出 no longer listed by its source"


def place(jurisdiction: Jurisdiction) -> str:
    """A place in one word: 河南省青岚县."""
    return "".join(part for part in (jurisdiction.province, jurisdiction.city, jurisdiction.county) if part)


def documents_table(documents: Sequence[Document]) -> None:
    """One row a document: what it is and how much was found in it."""
    from rich.table import Table

    table = Table(show_edge=False, pad_edge=False)
    table.add_column("标题 title / 文件 file", overflow="fold", ratio=6)
    table.add_column("文种", no_wrap=True)
    table.add_column("角色", no_wrap=True)
    table.add_column("发文字号", overflow="fold", ratio=2)
    table.add_column("地区", overflow="fold", ratio=2)
    table.add_column("日期", no_wrap=True)
    for heading in ("共同体", "指标", "注意"):
        table.add_column(heading, justify="right", no_wrap=True)
    for document in documents:
        when = document.signed_on or document.published_on
        name = plain(document.title or "（无标题）")
        name.append("\n" + _flat(_source(document)), style="dim")
        table.add_row(
            name,
            GENRE_NAMES[document.genre],
            ROLE_NAMES[document.role],
            plain(document.document_number or ""),
            plain(place(document.jurisdiction)),
            when.isoformat() if when else "",
            str(len(document.communities)),
            str(len(document.targets)),
            str(len(document.quality)) if document.quality else "",
        )
    console.stdout().print(table)
    print(f"{len(documents)} 份文件 documents; 全部内容 everything: --format json; 单看一份 one: duzheng show FILE")


def _source(document: Document) -> str:
    name = document.source.uri.rsplit("/", 1)[-1]
    return name if document.source.index is None else f"{name}#{document.source.index + 1}"


def check_table(check: PlanCheck) -> None:
    """One plan's findings: verdict, what was asked and seen, and the evidence in the original wording."""
    from rich.table import Table

    out = console.stdout()
    where = place(check.plan.jurisdiction)
    out.print(f"\n[bold]{_escape(check.plan.title or check.plan.uri)}[/bold]  {_escape(where)}")
    out.print(f"{_escape(check.plan.uri)} × {_escape(check.pack.id)} {check.pack.version} {_escape(check.pack.title)}")
    table = Table(show_edge=False, pad_edge=False)
    table.add_column("", no_wrap=True)
    table.add_column("结论", no_wrap=True)
    table.add_column("要求 requirement", overflow="fold", ratio=3)
    table.add_column("所见 observed", overflow="fold", ratio=4)
    table.add_column("原文 evidence", overflow="fold", ratio=5)
    for finding in check.findings:
        style = VERDICT_STYLES[finding.verdict]
        quotes = "\n".join(f"「{shorten(evidence.quote, 60)}」" for evidence in finding.evidence[:2])
        table.add_row(
            finding.requirement,
            _styled(VERDICT_NAMES[finding.verdict], style),
            plain(f"{finding.title}（{SEVERITY_NAMES[finding.severity]}）"),
            plain(shorten(finding.observed or "", 80)),
            plain(quotes),
        )
    out.print(table)
    out.print(_styled("  ".join(f"{VERDICT_NAMES[v]} {n}" for v, n in check.summary.items()), "bold"))
    if not check.pack.basis_obtained:
        out.print(f"注 note: {check.pack.basis_note}", style="dim", markup=False)


def ingest_summary(summary: IngestSummary) -> None:
    """The numbers of one ingest, in a line each."""
    print(
        f"{summary.files} 个文件 files: 新读 read {summary.read}, 已有 known {summary.known}, "
        f"未能读取 not read {len(summary.failures)}; 文件 documents {summary.documents}; {summary.seconds:.1f} s"
    )
    if summary.failed_before:
        print(f"{summary.failed_before} 个此前已未能读取，未重试 failed before and were not tried again (--retry)")
    if summary.checks:
        print(f"检查 checks: {summary.checks}")
    print(f"语料库 corpus: {summary.home}")


def marked(quote: str, marks: Sequence[tuple[int, int]]) -> Text:
    """A quote with its marks shown, line breaks made spaces; 【】 where there is no colour to show them."""
    from rich.text import Text

    coloured = console.stdout().is_terminal
    text, position = Text("  "), 0
    for start, end in marks:
        text.append(_flat(quote[position:start]))
        if coloured:
            text.append(_flat(quote[start:end]), style="bold black on yellow")
        else:
            text.append(f"【{_flat(quote[start:end])}】")
        position = end
    text.append(_flat(quote[position:]))
    return text


def packs_table(packs: Sequence[Pack], own: Collection[str]) -> None:
    """The packs, one row each; ``own`` are the hashes of those that come with the program."""
    from rich.table import Table

    table = Table(show_edge=False, pad_edge=False)
    for heading in ("编号 id", "版本", "标题 title", "省 province", "适用 applies", "要求", "来源"):
        table.add_column(heading, overflow="fold")
    for pack in packs:
        since, until = pack.applies.since, pack.applies.until
        table.add_row(
            pack.id,
            pack.version,
            plain(pack.title),
            plain(pack.province),
            f"{since or ''} – {until or ''}" if since or until else "",
            str(len(pack.requirements)),
            "内置" if pack.sha256 in own else "本库发布",
        )
    console.stdout().print(table)


def pack_table(pack: Pack) -> None:
    """A pack's requirements, and what its basis is worth."""
    from rich.table import Table

    out = console.stdout()
    out.print(f"[bold]{_escape(pack.title)}[/bold]  {pack.id} {pack.version}  SHA-256 {pack.sha256[:16]}…")
    for basis in pack.basis:
        out.print(f"依据 basis: {basis}", markup=False)
    out.print(f"{'依据原文已取得' if pack.basis_obtained else '依据原文未取得'}: {pack.basis_note}", markup=False)
    table = Table(show_edge=False, pad_edge=False)
    for heading, ratio in (
        ("", None),
        ("要求 requirement", 6),
        ("应有 expected", 4),
        ("条款 clause", 2),
        ("等级", None),
    ):
        table.add_column(heading, overflow="fold", ratio=ratio, no_wrap=ratio is None)
    for requirement in pack.requirements:
        table.add_row(
            requirement.id,
            plain(f"{requirement.title}: {requirement.text}"),
            plain(requirement.expected),
            plain(requirement.clause),
            SEVERITY_NAMES[requirement.severity],
        )
    out.print(table)


def shorten(text: str, length: int) -> str:
    """At most ``length`` characters on one line, … where something was left out."""
    text = _flat(text).strip()
    return text if len(text) <= length else text[: length - 1] + "…"


def _flat(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


def plain(text: str) -> Text:
    """Text of a document in a table: no markup is read from it, and no escape sequence reaches the terminal."""
    from rich.text import Text

    return Text("\n".join(_flat(line) for line in text.split("\n")))


def _styled(text: str, style: str) -> Text:
    from rich.text import Text

    return Text(text, style=style)


def _escape(text: str) -> str:
    from rich.markup import escape

    return escape(_flat(text))
