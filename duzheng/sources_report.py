"""How sources and their trials look to people."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duzheng import console
from schemas.secrecy import without_password

if TYPE_CHECKING:
    from flows.try_source import Trial
    from schemas.fetching import Change, SourceRun
    from schemas.source import Kind, SourceDefinition
    from sources.definitions import SourceFile

KIND_NAMES: dict[Kind, str] = {
    "list": "列表页",
    "json": "JSON 列表",
    "sitemap": "网站地图",
    "feed": "订阅 feed",
    "folder": "文件夹",
    "mailbox": "邮箱",
    "upload": "报送文件夹",
}
CHANGE_NAMES: dict[Change, str] = {
    "new": "新增 new",
    "changed": "修改 changed",
    "unchanged": "未变 same",
    "gone": "撤下 gone",
    "failed": "未取到 failed",
}
RUN_NAMES = {"running": "运行中 running", "ok": "成功 ok", "failed": "失败 failed", "interrupted": "中断 interrupted"}
_HIDDEN = "…"


def without_secrets(definition: SourceDefinition) -> SourceDefinition:
    """A source as it may be shown: headers, proxy and the part of an address before ``@`` may hold a password."""
    changes: dict[str, Any] = {"headers": dict.fromkeys(definition.headers, _HIDDEN)}
    changes["url"] = without_password(definition.url)
    if definition.proxy is not None:
        changes["proxy"] = _HIDDEN
    return definition.model_copy(update={name: value for name, value in changes.items() if value})


def sources_table(sources: Sequence[SourceDefinition], folder: Path) -> None:
    """One row a source."""
    from rich.table import Table

    from duzheng import output

    table = Table(show_edge=False, pad_edge=False)
    table.add_column("编号 id", no_wrap=True)
    table.add_column("标题 title", overflow="fold", ratio=2)
    table.add_column("类型 kind", no_wrap=True)
    table.add_column("时间 schedule", no_wrap=True)
    table.add_column("地址 address", overflow="fold", ratio=3)
    for one in sources:
        when = (one.schedule or "—") if one.enabled else "停用 off"
        table.add_row(one.id, output.plain(one.title), KIND_NAMES[one.kind], when, output.plain(one.url))
    if sources:
        console.stdout().print(table)
    print(f"{len(sources)} 个来源 sources（{console.one_line(folder)}）")
    if not sources:
        print("添加 add one: duzheng sources add FILE.yaml；写法 how to write it: docs/collecting.md")


def source_fields(source: SourceFile) -> None:
    """Every field that is set, the ones left at their default dim."""
    from duzheng import output

    out = console.stdout()
    definition = without_secrets(source.definition)
    out.print(output.plain(f"{definition.title}  {definition.id}  {source.path}"), style="bold")
    given = source.definition.model_fields_set
    for name, value in definition.model_dump(mode="json", exclude={"id", "title"}).items():
        if value is None or value in ([], {}):
            continue
        out.print(output.plain(f"{name}: {_words(value)}"), style=None if name in given else "dim")


def trial_report(definition: SourceDefinition, trial: Trial, most: int) -> None:
    """What a run would take, and the head of its first document."""
    from rich.table import Table

    from duzheng import output

    out = console.stdout()
    new = sum(item.state == "new" for item in trial.items)
    out.print(output.plain(f"{definition.title}（{definition.id}）"), style="bold")
    counts = (
        f"{len(trial.pages)} 页 pages，{len(trial.items)} 项 items：新 new {new}，已知 known {len(trial.items) - new}"
    )
    if trial.left_out:
        counts += f"；按设置排除 left out {trial.left_out}"
    if not trial.complete:
        counts += "；未列出全部 not everything is listed"
    if not trial.pages and trial.failures:
        counts = "列表未能读取 the list could not be read"
    out.print(output.plain(counts))
    if trial.items and most:
        table = Table(show_edge=False, pad_edge=False)
        table.add_column("", no_wrap=True)
        table.add_column("日期 date", no_wrap=True)
        if definition.kind == "upload":
            table.add_column("报送单位 sender", overflow="fold", ratio=1)
        table.add_column("标题 title / 地址 address", overflow="fold", ratio=4)
        for item in trial.items[:most]:
            name = output.plain(item.title or "（无标题）")
            name.append(f"\n{console.one_line(item.url)}", style="dim")
            for attachment in item.attachments:
                name.append(f"\n  附件 {console.one_line(attachment)}", style="dim")
            cells: list[Any] = ["新" if item.state == "new" else "已知"]
            cells.append(item.dated_on.isoformat() if item.dated_on else "—")
            if definition.kind == "upload":
                cells.append(output.plain(item.sender or "未标明 none"))
            table.add_row(*cells, name)
        out.print(table)
        if len(trial.items) > most:
            out.print(f"另有 {len(trial.items) - most} 项 more（--show N、--format json）", style="dim")
    for path in trial.waiting:
        out.print(
            output.plain(f"还在写入，下次再取 still being written, left for the next run：{path}"), style="yellow"
        )
    if trial.first is not None:
        _first(trial)
    print("未存入任何内容 nothing was stored")


def runs_table(runs: Sequence[SourceRun]) -> None:
    """One row a run: how it ended and what became of the items."""
    from rich.table import Table

    from duzheng import output

    table = Table(show_edge=False, pad_edge=False)
    table.add_column("来源 source", no_wrap=True)
    table.add_column("结果 result", no_wrap=True)
    table.add_column("列出 listed", justify="right", no_wrap=True)
    for name in CHANGE_NAMES.values():
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("文件 documents", justify="right", no_wrap=True)
    for run in runs:
        counts = [str(run.changes.get(change, 0) or "") for change in CHANGE_NAMES]
        style = None if run.status == "ok" and not run.failures else "red" if run.status != "ok" else "yellow"
        table.add_row(
            run.source, output.plain(RUN_NAMES[run.status]), str(run.listed), *counts, str(run.documents), style=style
        )
    if runs:
        console.stdout().print(table)
    print(f"{len(runs)} 次运行 runs，失败 failed {sum(run.status != 'ok' for run in runs)}")


def _first(trial: Trial) -> None:
    from duzheng import output

    out = console.stdout()
    assert trial.first is not None
    out.print(output.plain(f"\n第一份 the first：{trial.first.uri}"), style="bold")
    for failure in output.failures_of(trial.first):
        out.print(output.plain(f"未能读取 not read：{failure}"), style="red")
    if trial.first.documents:
        output.documents_table(trial.first.documents)


def _words(value: Any) -> str:
    if isinstance(value, dict):
        return "，".join(f"{key} {_words(one)}" for key, one in value.items() if one is not None and one != [])
    if isinstance(value, list):
        return "、".join(_words(one) for one in value)
    if isinstance(value, bool):
        return "是 yes" if value else "否 no"
    return str(value)
