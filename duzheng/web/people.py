"""Who is asking, and what they may do.

Four roles, each with all that the ones before it may do: ``reader`` reads and searches; ``inspector`` uploads, checks and
records decisions; ``approver`` approves what others applied for; ``administrator`` keeps people, packs and sources.
Without accounts the server listens on this machine alone, and whoever asks is its administrator.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Role = Literal["reader", "inspector", "approver", "administrator"]
ROLES: tuple[Role, ...] = get_args(Role)


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
"""Whoever asks a server without accounts."""
