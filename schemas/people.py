"""Who uses duzheng, and what they may do.

Four roles, each with all that the ones before it may do: ``reader`` reads and searches; ``inspector`` uploads, checks and
records decisions; ``approver`` approves what others applied for; ``administrator`` keeps people, packs and sources.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from schemas.errors import DuzhengError

Role = Literal["reader", "inspector", "approver", "administrator"]
ROLES: tuple[Role, ...] = get_args(Role)
ROLE_NAMES: dict[Role, str] = {"reader": "读者", "inspector": "检查员", "approver": "审批人", "administrator": "管理员"}


class InvalidAccount(DuzhengError):
    """An account, password or token that cannot be made, or a login that is refused."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who is asking. ``name`` is written into decisions; it is empty where there are no accounts and nobody has said."""

    name: str
    role: Role
    has_account: bool = True

    def may(self, role: Role) -> bool:
        """Whether this person has the rights of ``role``."""
        return ROLES.index(self.role) >= ROLES.index(role)


LOCAL = Person("", "administrator", has_account=False)
"""Whoever asks a server without accounts: it listens on its own machine alone."""


NOBODY = Person("", "reader", has_account=False)
"""Whoever has not signed in yet, and sees the page to do so."""


@dataclass(frozen=True, slots=True)
class Account:
    """One account, without its password."""

    name: str
    role: Role
    created_at: datetime
    disabled: bool


@dataclass(frozen=True, slots=True)
class Token:
    """A token of the JSON interface, without its secret; ``id`` is what it is withdrawn by, ``role`` the most it may do."""

    id: str
    person: str
    label: str
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """One line of the audit log: who did what to what, when, from where."""

    number: int
    at: datetime
    person: str
    action: str
    object: str
    detail: str
    address: str
