"""A source: where documents come from, how often they are looked for, and how much a run must yield.

One YAML file a source (``sources/*.yaml`` of the corpus folder). What a source does not allow is not fetched: ``hosts``
names every host it may ask, beside the one of ``url``.
"""

from __future__ import annotations

import codecs
import datetime
import re
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StringConstraints, field_validator, model_validator

from schemas.document import Jurisdiction, Level, Model

Kind = Literal["list", "json", "sitemap", "feed", "folder", "mailbox", "upload"]
"""``list`` HTML list pages, ``json`` the JSON lists that content systems serve, ``sitemap`` sitemaps and their indexes,
``feed`` RSS and Atom, ``folder`` a watched folder, ``mailbox`` an export of mail (EML files or mbox), ``upload`` a folder
into which schools and counties put their submissions, a subfolder for each sender."""

WEB_KINDS: frozenset[str] = frozenset({"list", "json", "sitemap", "feed"})

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]


def _selector(text: str) -> str:
    import cssselect

    try:
        cssselect.parse(text)
    except cssselect.SelectorError as error:
        raise ValueError(f"{text} 不是 CSS 选择器 / {text} is no CSS selector: {error}") from error
    return text


def _expression(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"{text} 不是正则表达式 / {text} is no regular expression: {error}") from error
    return text


def _charset(text: str) -> str:
    try:
        codecs.lookup(text)
    except LookupError as error:
        raise ValueError(
            f"没有字符集 {text}，可写 gb18030、utf-8、big5 / {text} is no character set that is known; gb18030, utf-8 and big5 are"
        ) from error
    return text


_CRON = (
    ("分", "minute", 0, 59),
    ("时", "hour", 0, 23),
    ("日", "day of the month", 1, 31),
    ("月", "month", 1, 12),
    ("星期", "day of the week", 0, 7),
)
_CRON_PART = re.compile(r"(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:/([1-9]\d?))?")


def cron(text: str) -> str:
    """A cron line of five fields, as it is.

    Raises:
        ValueError: it is none; the message says why.
    """
    fields = text.split()
    if len(fields) != len(_CRON):
        raise ValueError(
            f"{text} 不是 cron 时间：须有五段，30 6 * * 1-5 是周一至周五六点半 / {text} is no cron line: it has five fields, "
            "30 6 * * 1-5 is half past six from Monday to Friday"
        )
    for (chinese, name, low, high), value in zip(_CRON, fields, strict=True):
        for part in value.split(","):
            match = _CRON_PART.fullmatch(part)
            numbers = [int(n) for n in match.groups()[:2] if n] if match else []
            if match is None or any(not low <= n <= high for n in numbers) or numbers != sorted(numbers):
                raise ValueError(
                    f"{text} 不是 cron 时间：{part} 不能用于“{chinese}”（{low}-{high}、*、1-5、*/2 或 1,15） / "
                    f"{text} is no cron line: {part} is no {name} ({low}-{high}, *, 1-5, */2 or 1,15)"
                )
    return text


Selector = Annotated[str, AfterValidator(_selector)]
"""A CSS selector (Selectors Level 3)."""
Expression = Annotated[str, AfterValidator(_expression)]
"""A regular expression of Python, looked for anywhere in a text."""


class Paging(Model):
    """Further pages of a list: one of three ways.

    ``next``: a CSS selector of the link to the next page. ``pattern``: the address of a further page, ``{page}`` where its
    number stands (``index_{page}.html``, relative to ``url``), with the number of the first further page; for ``json``,
    the address of every page, ``url`` itself not being asked. ``script``: the name of the function that the page calls
    with the number of pages and the parts of their names, ``createPageHTML(12, 0, "index", "html")``.

    Pages of a ``pattern`` end where the server has none (404), where a page has nothing new, or with the number that
    the page itself states (``count``, or a call as above).
    """

    next: Selector | None = None
    pattern: str | None = None
    script: str | None = Field(default=None, pattern=r"^[A-Za-z_$][\w$.]{0,80}$")
    first: int = Field(default=1, ge=0, description="of pattern: the number of the first further page")
    step: int = Field(default=1, ge=1, description="of pattern: what the number grows by; 20 where it counts items")
    count: Expression | None = Field(default=None, description="its first group is the number of pages, in the page")
    most: int = Field(default=50, ge=1, le=2000, description="pages of one run at most")

    @model_validator(mode="after")
    def _one_way(self) -> Paging:
        if sum(way is not None for way in (self.next, self.pattern, self.script)) != 1:
            raise ValueError(
                "next（选择器）、pattern（带 {page} 的网址）、script（函数名）三者写其一 / "
                "give one of next (a selector), pattern (an address with {page}) and script (a function)"
            )
        if self.count is not None and (self.pattern is None or re.compile(self.count).groups < 1):
            raise ValueError(
                "count 与 pattern 同用，其中一组 (\\d+) 是页数 / "
                "count belongs to pattern and has a group, (\\d+), that is the number of pages"
            )
        if self.pattern is not None and "{page}" not in self.pattern:
            raise ValueError("pattern 须在页码处写 {page} / pattern needs {page} where the number of the page stands")
        return self


class Selectors(Model):
    """CSS selectors of an HTML list: the element of one item; within it, the link, its title and its date."""

    item: Selector
    link: Selector = "a[href]"
    title: Selector | None = Field(default=None, description="the link's title attribute or its text where not given")
    date: Selector | None = Field(default=None, description="a date anywhere in the item where not given")


class Keys(Model):
    """Where things stand in a JSON list: dotted paths (``data.list``, ``data.0.rows``); within an item, its fields.

    ``url`` may be an address in which ``{id}`` stands for the field ``id`` of the item: ``/detail.html?id={id}``. Where
    the source has ``selectors``, ``items`` leads to markup (a text, or a list of them) in which they find the items.
    """

    items: str = ""
    url: str = "url"
    title: str | None = "title"
    date: str | None = None


class Assertions(Model):
    """What a run must find; a run that does not is a failure, for that is how the redesign of a site shows itself."""

    min_items: int = Field(default=1, ge=0, description="items listed in a run, new or not")
    newest_within_days: int | None = Field(default=None, ge=1, description="how old the newest listed item may be")
    max_failed_share: float = Field(default=0.5, ge=0, le=1, description="items of a run that may fail to be fetched")


class SourceDefinition(Model):
    """One place that documents come from.

    ``url`` is the address of the first list page (or the sitemap, the feed, the JSON list), or the path of a folder or
    mailbox, from the folder of the source file where it is relative.
    ``schedule`` is a cron line read in Asia/Shanghai. ``seconds_between`` is the pace for each host.
    """

    id: Identifier
    title: str
    url: str
    kind: Kind
    publisher: str | None = None
    jurisdiction: Jurisdiction = Field(default_factory=Jurisdiction)
    level: Level | None = None
    schedule: Annotated[str, AfterValidator(cron)] | None = None
    enabled: bool = True

    selectors: Selectors | None = None
    keys: Keys | None = None
    paging: Paging | None = None
    include: Expression | None = Field(
        default=None, description="regular expression that an item's address or title matches"
    )
    exclude: Expression | None = Field(default=None, description="regular expression of items to be left out")
    newer_than: datetime.date | None = Field(default=None, description="items listed with an earlier date are left out")

    settled_seconds: float = Field(
        default=30.0, ge=0, le=86_400, description="a file younger than this may still be being written, and waits"
    )

    charset: Annotated[str, AfterValidator(_charset)] | None = Field(
        default=None, description="of pages that declare none or a wrong one"
    )
    hosts: list[str] = Field(
        default_factory=list, description="further hosts that may be asked; *.example.cn for all below"
    )
    allow_private: bool = Field(default=False, description="whether addresses of private networks may be asked")
    obey_robots: bool = True
    seconds_between: float = Field(default=1.0, ge=0, le=3600)
    timeout_seconds: float = Field(default=30.0, gt=0, le=600)
    retries: int = Field(default=3, ge=0, le=10)
    proxy: str | None = Field(default=None, description="http://host:port; else HTTPS_PROXY and HTTP_PROXY")
    headers: dict[str, str] = Field(default_factory=dict)
    attachments: bool = Field(default=True, description="whether files linked from a notice are fetched with it")
    recheck_days: int | None = Field(
        default=30, ge=0, description="how long a page is asked again whether it has changed; null: always"
    )

    assertions: Assertions = Field(default_factory=Assertions)

    @field_validator("headers")
    @classmethod
    def _sendable(cls, headers: dict[str, str]) -> dict[str, str]:
        for name, value in headers.items():
            # RFC 9110, 5.1 and 5.5. The value may be a password and is not shown.
            if not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", name) or not re.fullmatch(r"[\t\x20-\x7e]*", value):
                raise ValueError(
                    f"请求头 {name} 无法发送：名和值须为一行 ASCII 字符 / "
                    f"{name} is no header that can be sent: name and value are ASCII, on one line"
                )
        return headers

    @field_validator("proxy")
    @classmethod
    def _web_proxy(cls, proxy: str | None) -> str | None:
        # An address may hold a password and is not shown.
        if proxy is not None and (urlsplit(proxy).scheme not in ("http", "https") or not urlsplit(proxy).hostname):
            raise ValueError(
                "代理写作 http://主机:端口 或 https://主机:端口，不支持 SOCKS / "
                "a proxy is http://host:port or https://host:port; others (SOCKS) are not supported"
            )
        return proxy

    @field_validator("hosts")
    @classmethod
    def _lower(cls, hosts: list[str]) -> list[str]:
        return [host.lower() for host in hosts]

    @model_validator(mode="after")
    def _fitting(self) -> SourceDefinition:
        if self.is_web:
            parts = urlsplit(self.url)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise ValueError(
                    f"url: {self.kind} 类来源的网址以 http:// 或 https:// 开头 / "
                    f"a source of kind {self.kind} has an address that begins with http:// or https://"
                )
        if self.kind == "list" and self.selectors is None:
            raise ValueError(
                "kind: list 类来源须有 selectors，其中至少有 item（列表中一行的 CSS 选择器） / "
                "kind list needs selectors with at least item, the CSS selector of one line of the list"
            )
        if self.kind == "json" and self.keys is None:
            self.keys = Keys()
        for name, kinds in (("selectors", ("list", "json")), ("keys", ("json",)), ("paging", ("list", "json"))):
            if getattr(self, name) is not None and self.kind not in kinds:
                raise ValueError(
                    f"{name}: 只用于 {'、'.join(kinds)} 类来源，这里是 {self.kind} / "
                    f"{name} is for sources of kind {' and '.join(kinds)}, this one is {self.kind}"
                )
        if self.kind == "json" and self.paging is not None and self.paging.pattern is None:
            raise ValueError(
                "paging: json 类来源的翻页用 pattern，即带 {page} 的网址 / "
                "paging of kind json is by pattern, the address of every page with {page}"
            )
        return self

    @property
    def is_web(self) -> bool:
        """Whether it is asked over the network."""
        return self.kind in WEB_KINDS

    def allows(self, host: str) -> bool:
        """Whether this source may ask ``host`` (name or address, without port)."""
        host = host.lower().rstrip(".")
        own = (urlsplit(self.url).hostname or "").lower() if self.is_web else ""
        return host == own or any(
            host == pattern or (pattern.startswith("*.") and host.endswith(pattern[1:])) for pattern in self.hosts
        )


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a source file."""
    return SourceDefinition.model_json_schema()
