"""By which way a message goes: mail, webhook and every other address of Apprise, and group robots (``robots``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from flows.notices import robots
from flows.notices.secrets import UnknownVariable, masked, quiet_logs, resolved
from schemas.errors import DuzhengError

if TYPE_CHECKING:
    from apprise import NotifyBase

Form = Literal["html", "chat", "data"]
"""``html`` mail; ``chat`` text for people, in which nothing is markup; ``data`` text with the digest beside it as JSON."""

_LIMITS: dict[Form, int] = {"html": 2_000_000, "chat": 3500, "data": 30_000}
"""Bytes of a body. ``chat`` where nothing is known of the service: the narrowest of the usual ones take some 4,000."""


class NotDelivered(DuzhengError):
    """A message did not arrive; the reason holds no secrets."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: ``id`` is the digest's, ``data`` the digest for programs."""

    id: str
    subject: str
    body: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Channel:
    """One address, ready to be used. ``limit``: bytes of UTF-8 that the body may have."""

    form: Form
    limit: int
    _plugin: NotifyBase
    _address: str
    _secrets: set[str]

    def send(self, message: Message) -> None:
        """Sends a message.

        Raises:
            NotDelivered: it did not arrive.
        """
        with quiet_logs() as said:
            try:
                reason = self._send(message, said)
            except Exception as error:  # a plugin's own: one way that fails must not keep the others from being told
                reason = f"{type(error).__name__}: {error}"
        if reason is not None:
            raise NotDelivered(masked(reason, self._secrets)) from None

    def _send(self, message: Message, said: list[str]) -> str | None:
        kind = robots.kind_of(self._plugin)
        if kind is not None:
            return robots.post(kind, self._plugin, self._address, f"{message.subject}\n{message.body}")
        import apprise

        plugin: Any = self._plugin
        way = apprise.NotifyFormat.TEXT
        if self.form == "html":
            way = plugin.notify_format = apprise.NotifyFormat.HTML
            plugin.headers["X-Duzheng-Digest"] = message.id
        elif self.form == "data":
            plugin.payload_extras |= {"id": message.id, "digest": message.data}
        sender = apprise.Apprise()
        sender.add(plugin)
        done = sender.notify(body=message.body, title=message.subject, body_format=way)
        return None if done else "; ".join(dict.fromkeys(said)) or "the service did not take it"


def open_channel(url: str) -> Channel:
    """The way to an address as it stands in the settings.

    Raises:
        NotDelivered: it is no address, a variable is not set, or it names several recipients.
    """
    try:
        address, secrets = resolved(url)
    except UnknownVariable as error:
        raise NotDelivered(f"环境变量 {error} 没有设置 / the environment variable {error} is not set") from None
    address = robots.from_page(address)
    with quiet_logs() as said:
        plugin = _plugin(address)
    if plugin is None:
        why = masked("; ".join(dict.fromkeys(said)), secrets)
        raise NotDelivered(
            f"不是可用的地址 / this is no address of Apprise that can be used ({why or 'see docs/notices.md'})"
        )
    kind = robots.kind_of(plugin)
    if kind is not None:
        return Channel("chat", robots.LIMITS[kind], plugin, address, secrets)
    if len(plugin) > 1:
        # Each is sent to apart: when one fails, the others would be told again.
        raise NotDelivered(
            "一个收件方只能有一个收件地址，其余用 cc= 或另设收件方 / a target has one recipient: give the others with cc=, "
            "or a target for each"
        )
    form = _form(plugin)
    return Channel(form, _LIMITS[form], plugin, address, secrets)


def _plugin(address: str) -> NotifyBase | None:
    import apprise

    found = apprise.Apprise.instantiate(address, suppress_exceptions=True)
    return found if isinstance(found, apprise.NotifyBase) else None


def _form(plugin: NotifyBase) -> Form:
    from apprise.plugins.custom_json import NotifyJSON
    from apprise.plugins.email import NotifyEmail

    return "html" if isinstance(plugin, NotifyEmail) else "data" if isinstance(plugin, NotifyJSON) else "chat"
