"""Passwords: hashed by Argon2id (RFC 9106), compared in constant time, of a length that cannot be guessed."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from schemas.people import InvalidAccount

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 10, 256
"""Characters. NIST SP 800-63B, 3.1.1.2: length matters, rules of composition do not."""


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher()


def hashed(password: str, name: str) -> str:
    """The hash of a new password.

    Raises:
        InvalidAccount: it is too short, too long, or the name itself.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidAccount(
            f"密码须有 {SHORTEST} 至 {LONGEST} 个字符 / a password has {SHORTEST} to {LONGEST} characters"
        )
    if name and name.casefold() in password.casefold() and len(password) < len(name) + 6:
        raise InvalidAccount("密码不能就是姓名，请另设一个 / the password must not be the name; choose another one")
    return _hasher().hash(password)


def fits(password: str, kept: str | None) -> bool:
    """Whether a password has that hash; without a hash the same time is spent, so that nobody learns which names exist."""
    from argon2.exceptions import InvalidHashError, VerificationError

    # Made before it is known whether it is needed: neither does the first question tell.
    nobody = _nobody()
    try:
        # What is longer than any password is compared as far as one goes, so that it costs no more than one.
        same = _hasher().verify(kept or nobody, password[:LONGEST])
        return same and kept is not None and len(password) <= LONGEST
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    return _hasher().hash("nobody has this password")
