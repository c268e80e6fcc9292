"""``duzheng serve`` and ``duzheng accounts``: the web face, and who may come in."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from duzheng import settings
from duzheng.options import Home

if TYPE_CHECKING:
    from pathlib import Path

    from accounts.book import Book

accounts_app = typer.Typer(help="网页账号 The accounts of the web face: people and their roles.", no_args_is_help=True)


class RoleOption(StrEnum):
    """What somebody may do; each role has all that the ones before it may do."""

    reader = "reader"
    inspector = "inspector"
    approver = "approver"
    administrator = "administrator"


Name = Annotated[str, typer.Argument(metavar="NAME", help="姓名 The name of the account")]
RoleChoice = Annotated[RoleOption, typer.Option("--role", help="读者、检查员、审批人、管理员 What the person may do")]


def serve(
    home: Home = None,
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="监听地址 The address to listen on")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="端口 The port")] = 8080,
    accounts: Annotated[
        bool, typer.Option("--accounts", help="须登录；账号用 duzheng accounts add 建立 People have to sign in")
    ] = False,
    host_name: Annotated[
        list[str] | None,
        typer.Option(
            "--host-name", metavar="NAME", help="服务的域名，可多个 A name the server goes by; may be repeated"
        ),
    ] = None,
    proxy_header: Annotated[
        str,
        typer.Option(
            "--proxy-header",
            metavar="HEADER",
            help="反向代理写明登录人的请求头 Header in which a reverse proxy names who signed in",
        ),
    ] = "",
    proxy: Annotated[
        list[str] | None,
        typer.Option(
            "--proxy",
            metavar="ADDRESS",
            help="反向代理的地址（默认本机） Whose word is taken for it; this machine's by default",
        ),
    ] = None,
    proxy_role: Annotated[
        RoleOption | None,
        typer.Option("--proxy-role", help="代理所述、此处没有账号的人的角色 Role of those who have no account here"),
    ] = None,
    secure_cookies: Annotated[
        bool, typer.Option("--secure-cookies", help="Cookie 只经 HTTPS 发送 Send cookies over HTTPS only")
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers",
            min=1,
            max=64,
            metavar="N",
            help="进程数（默认与处理器数相同，至多 4） Processes that answer; as many as processors by default, at most 4",
        ),
    ] = None,
) -> None:
    """网页服务 Serve the corpus as a web application; on this machine alone unless people have accounts."""
    from duzheng.web import workers as processes
    from duzheng.web.guard import Access, bound

    access = Access(
        accounts=accounts,
        hosts=tuple(host_name or ()),
        proxy_header=proxy_header,
        proxies=tuple(proxy or ("127.0.0.1", "::1")),
        proxy_role=None if proxy_role is None else proxy_role.value,
        secure_cookies=secure_cookies,
    )
    bound(host, access)
    folder = settings.home(home)
    _made(folder)
    shown = f"[{host}]" if ":" in host else host

    def listening(port: int) -> None:
        typer.echo(f"http://{shown}:{port}/  {folder}", err=True)

    processes.run(folder, access, host, port, workers or processes.usual(), listening)


@accounts_app.command("add")
def add(name: Name, home: Home = None, role: RoleChoice = RoleOption.reader) -> None:
    """新增账号 Make an account; the password is asked for (or read from standard input)."""
    password = _password()
    with _book(home) as book:
        book.add(name, password, role.value)
        book.note("", "account added", name, role.value)
    typer.echo(f"{name}: {role.value}")


@accounts_app.command("change")
def change(
    name: Name,
    home: Home = None,
    role: Annotated[RoleOption | None, typer.Option("--role", help="新角色 Another role")] = None,
    password: Annotated[bool, typer.Option("--password", help="改密码 Ask for a new password")] = False,
    disable: Annotated[
        bool | None, typer.Option("--disable/--enable", help="停用或启用 Disable it or enable it again")
    ] = None,
) -> None:
    """修改账号 Change an account; whoever is signed in by it has to sign in again."""
    given = _password() if password else None
    with _book(home) as book:
        book.change(name, password=given, role=None if role is None else role.value, disabled=disable)
        book.note("", "account changed", name)


@accounts_app.command("list")
def everybody(home: Home = None) -> None:
    """列出账号 List the accounts."""
    with _book(home) as book:
        for one in book.people():
            typer.echo(
                f"{one.name}\t{one.role}\t{one.created_at.date()}" + ("\t已停用 disabled" if one.disabled else "")
            )


def _password() -> str:
    import sys

    if sys.stdin.isatty():
        return str(typer.prompt("密码 Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")


def _book(home: Home) -> Book:
    from accounts.book import Book

    folder = settings.home(home)
    _made(folder)
    return Book(folder / "accounts.sqlite")


def _made(folder: Path) -> None:
    """Sees to it that there is a corpus. A new one is said: it may be a slip in the folder's name."""
    from corpus.corpus import Corpus

    with Corpus.open(folder, create=True) as corpus:
        made = corpus.made
    if made:
        typer.echo(
            f"{folder.resolve()}: 此处原来没有语料库，已新建一个空的；若要用已有的，请停下，用 --home 指明其文件夹 / "
            "there was no corpus here and an empty one was made; if you meant another, stop and name its folder with --home",
            err=True,
        )
