"""``duzheng digest`` and ``duzheng notices``: what is new, told to those who are to know it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from duzheng import console
from duzheng.options import Format, FormatOption, Home

if TYPE_CHECKING:
    from flows.digest import Told
    from schemas.digest import Delivery

notices_app = typer.Typer(
    help="通知 Notices: who is told what (notices.yaml), and what was sent.",
    rich_markup_mode=None,
    no_args_is_help=True,
)

_DELIVERIES = 50
_STATES = {
    "delivered": "已送达 delivered",
    "failed": "未送达 failed",
    "quiet": "没有新情况，未发送 nothing new, not sent",
    "busy": "另一进程正在发送 another process is sending",
    "sending": "发送中或已中断 under way, or killed",
}
Target = Annotated[str, typer.Argument(metavar="TARGET", help="收件方编号 A target's id in notices.yaml.")]


def digest(
    home: Home = None,
    preview: Annotated[
        bool, typer.Option("--print", help="只显示，不发送 Show it and send nothing; whoever is to be told stays so.")
    ] = False,
    target: Annotated[
        list[str] | None,
        typer.Option("--target", metavar="ID", help="只发给此收件方，可重复 Only this target; repeatable."),
    ] = None,
    today: Annotated[
        str | None, typer.Option("--today", metavar="YYYY-MM-DD", help="对照日期 The day to compare.")
    ] = None,
    format: FormatOption = Format.table,
) -> None:
    """发送摘要 Tell every target of notices.yaml what is new since it was last told; quiet when nothing is.

    Exit status 0: told, or nothing to tell; 1: a target could not be told (it is told the next time); 2: wrong usage.
    """
    from duzheng.decide_commands import _day as given_day
    from duzheng.opened import OpenCorpus

    with OpenCorpus(_home(home)) as corpus:
        results = corpus.digest(
            preview=preview, target=target or (), today=given_day(today, "--today") if today else None
        )
        if format is Format.json:
            print(json.dumps([_as_dict(one) for one in results], ensure_ascii=False))
        elif preview:
            _show(corpus.home, results)
        else:
            _report(corpus.home, results)
    raise typer.Exit(1 if any(one.state == "failed" for one in results) else 0)


@notices_app.command("list")
def list_targets(home: Home = None, format: FormatOption = Format.table) -> None:
    """列出收件方 List the targets, and when each was last told; addresses are not shown."""
    from rich.table import Table

    from duzheng.opened import OpenCorpus
    from duzheng.output import plain
    from flows.notices.secrets import shown

    with OpenCorpus(_home(home)) as corpus:
        targets, deliveries = corpus.notices.list(), corpus.notices.sent()
    last = {one.target: one for one in reversed(deliveries)}
    if format is Format.json:
        rows = [
            one.model_dump(mode="json", exclude={"url"})
            | {
                "way": shown(one.url),
                "last_delivery": last[one.id].model_dump(mode="json") if one.id in last else None,
            }
            for one in targets
        ]
        print(json.dumps(rows, ensure_ascii=False))
        return
    table = Table(show_edge=False, pad_edge=False)
    for heading in ("收件方 target", "名称 title", "方式 way", "语言", "范围 place", "最近 last"):
        table.add_column(heading, overflow="fold")
    for one in targets:
        place = one.jurisdiction
        where = "·".join(part for part in (place.province, place.city, place.county) if part)
        when = last.get(one.id)
        said = f"{_local(when)} {_STATES[when.state]}" if when else ""
        table.add_row(
            plain(one.id + ("" if one.enabled else "（停用 off）")), plain(one.title), plain(shown(one.url)),
            plain(one.language), plain(where), plain(said),
        )  # fmt: skip
    console.stdout().print(table)


@notices_app.command("test")
def send_test(target: Target, home: Home = None) -> None:
    """发送测试 Send a line to a target, to see whether its settings are right.

    Exit status 0: it was taken; 1: it was not, and why; 2: there is no such target.
    """
    from flows.digest import test

    test(_home(home), target)
    print(f"{target}: {_STATES['delivered']}")


@notices_app.command("sent")
def sent(
    digest: Annotated[
        str | None,
        typer.Argument(metavar="DIGEST", help="摘要编号，显示全文 A digest's id, to read the whole of it."),
    ] = None,
    home: Home = None,
    format: FormatOption = Format.table,
) -> None:
    """已发通知 List what was sent and what could not be, newest first; or read one digest with all its entries."""
    from rich.table import Table

    from duzheng.opened import OpenCorpus
    from duzheng.output import plain
    from flows.digest import whole

    with OpenCorpus(_home(home)) as corpus:
        if digest is not None:
            found = corpus.notices.digest(digest)
            print(found.model_dump_json() if format is Format.json else whole(corpus.home, found))
            return
        deliveries = corpus.notices.sent()
    if format is Format.json:
        print(json.dumps([one.model_dump(mode="json") for one in deliveries], ensure_ascii=False))
        return
    table = Table(show_edge=False, pad_edge=False)
    for heading in ("时间 when", "收件方 target", "摘要 digest", "结果 result", "次 try", "条 items", "原因 reason"):
        table.add_column(heading, overflow="fold")
    for one in deliveries[:_DELIVERIES]:
        table.add_row(
            _local(one), plain(one.target), one.digest, _STATES[one.state], str(one.attempt), str(one.items),
            plain(one.reason or ""),
        )  # fmt: skip
    console.stdout().print(table)
    if len(deliveries) > _DELIVERIES:
        print(f"共 {len(deliveries)} 次，其余见 --format json / {len(deliveries)} in all")


def _report(home: Path, results: Sequence[Told]) -> None:
    from flows.notices.settings import FILE

    if not results:
        console.complain(f"{home / FILE}: 没有收件方 / there is no target to tell (see docs/notices.md)")
        raise typer.Exit(2)
    for one in results:
        items = f" ({one.digest.id}: {sum(one.digest.totals.values())} 条 entries)" if one.digest else ""
        if one.state == "failed":
            console.complain(f"{one.target}: {_STATES[one.state]}: {one.reason}")
        else:
            print(f"{one.target}: {_STATES[one.state]}{items}")


def _show(home: Path, results: Sequence[Told]) -> None:
    from flows.digest import whole

    for one in results:
        if one.digest is None or one.digest.is_quiet:
            print(f"{one.target}: {_STATES['quiet']}")
        else:
            print(whole(home, one.digest, sent=False))


def _as_dict(one: Told) -> dict[str, object]:
    digest = one.digest.model_dump(mode="json") if one.digest else None
    return {"target": one.target, "state": one.state, "reason": one.reason, "digest": digest}


def _local(one: Delivery) -> str:
    return one.started_at.astimezone().strftime("%Y-%m-%d %H:%M")


def _home(given: Path | None) -> Path:
    from duzheng import settings

    return settings.home(given)
