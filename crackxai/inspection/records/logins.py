"""A login at an OpenID Connect provider: whose it is, and how old it is.

Who somebody is, is the provider's issuer and its subject there, and nothing else: names and addresses change, and some
providers let people choose them.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crackxai.errors import AccessError, Message, SettingsError
from crackxai.inspection.records.chain import canonical, digest

SESSION, SIGN = "CRACKXAI_SESSION_HOURS", "CRACKXAI_SIGN_MINUTES"
"""Environment variables: hours after which a login has expired, and minutes after which it is too old to sign with."""
SESSION_HOURS, SIGN_MINUTES = 12.0, 15.0
"""Where the environment says nothing."""
LONGEST = 100
"""Characters of a name or an address; some providers let people choose them."""
LEEWAY_S = 60
"""Seconds that the provider's clock may be ahead of ours."""


def account_of(issuer: str, subject: str) -> str:
    """What rows know a person by: SHA-256 over the canonical JSON of the list of the two, hex."""
    return digest(canonical([issuer, subject]))


@dataclass(frozen=True)
class Login:
    """What the provider said of a person who logged in.

    Attributes
    ----------
    issuer, subject : who it is. name, email : what the person is called there; "" where that is not told.
    at : when the provider said so. authenticated_at : when the person showed there who it is, which is earlier where
        the provider did not ask again; `at` where it does not say. Both in seconds since 1970, UTC.
    id : of this login among all, hex.
    """

    issuer: str
    subject: str
    name: str
    email: str
    at: float
    authenticated_at: float
    id: str

    @classmethod
    def of(cls, claims: Mapping[str, Any]) -> Login:
        """Of the claims of an ID token, whose signature was checked. Raises AccessError where one is missing."""
        issuer, subject, at = claims.get("iss"), claims.get("sub"), _time(claims.get("iat"))
        if not (isinstance(issuer, str) and issuer and isinstance(subject, str) and subject and at is not None):
            raise AccessError(
                Message(
                    "access.claims",
                    "expected a login with issuer (iss), subject (sub) and time (iat), received one without. The "
                    "provider of the login has to be set up for OpenID Connect.",
                ),
                login=True,
            )
        authenticated_at = _time(claims.get("auth_time"))
        told = [issuer, subject, *(_text(claims, name) for name in ("iat", "auth_time", "nonce", "jti", "sid"))]
        return cls(
            issuer,
            subject,
            _text(claims, "name") or _text(claims, "preferred_username"),
            _text(claims, "email"),
            at,
            at if authenticated_at is None else min(authenticated_at, at),
            digest(canonical(told)),
        )

    @property
    def account(self) -> str:
        """See `account_of`."""
        return account_of(self.issuer, self.subject)

    @property
    def label(self) -> str:
        """What the person is called in the records, by the time of the first login."""
        words, address = (" ".join(each.split())[:LONGEST] for each in (self.name, self.email))
        return f"{words or self.subject[:LONGEST]} <{address or self.account[:12]}>"

    def expired(self, now: float) -> bool:
        """Whether it is older than the server allows, or from the future."""
        return not -LEEWAY_S <= now - self.at <= session_seconds()

    def fresh(self, now: float) -> bool:
        """Whether the person showed who it is so lately that it may sign."""
        return -LEEWAY_S <= now - self.authenticated_at <= sign_seconds()


def session_seconds() -> float:
    """After which a login has expired. Raises SettingsError."""
    return _setting(SESSION, SESSION_HOURS) * 3600


def sign_seconds() -> float:
    """After which a login is too old to sign with. Raises SettingsError."""
    return _setting(SIGN, SIGN_MINUTES) * 60


def _setting(name: str, default: float) -> float:
    text = os.environ.get(name, "").strip()
    try:
        value = float(text) if text else default
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value > 0):
        raise SettingsError(
            Message("access.setting", "{name}: expected a number above 0, received {value!r}.", name=name, value=text)
        )
    return value


def _time(value: object) -> float | None:
    right = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if right else None  # type: ignore[arg-type]


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return "" if value is None or isinstance(value, (dict, list)) else str(value)
