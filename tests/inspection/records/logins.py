"""Hand-written logins, at the time that the tests' clock tells."""

from __future__ import annotations

from crackxai.inspection.records.logins import Login

NOW = 1_767_323_044.0
"""2026-01-02 03:04:04 UTC, where the tests' clock begins."""
ISSUER = "https://login.example.org"


def login(subject: str, issuer: str = ISSUER, at: float = NOW, **claims: object) -> Login:
    """Of somebody who logged in at that time."""
    told = {"iss": issuer, "sub": subject, "iat": at, "name": subject.title(), "email": f"{subject}@example.org"}
    return Login.of(told | claims)


def come(records, subject: str, role: str | None = None, **claims: object):
    """Somebody logged in, with that role: the records as that person has them."""
    logged_in = login(subject, **claims)
    records.sign_in(logged_in)
    if role is not None:
        records.give_role(logged_in.issuer, subject, role)
    return records.acting(logged_in)
