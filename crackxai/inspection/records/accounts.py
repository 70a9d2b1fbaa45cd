"""What is recorded of people who log in: each login, what they were refused, and the roles that they were given."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SignIn:
    """Somebody logged in, or out.

    Attributes
    ----------
    who : what the person is called in the records, the same in all rows of one person.
    issuer, subject : who it is; name, email : what the provider told.
    login : `Login.id`. event : "in" or "out". at, authenticated_at : of the login, seconds since 1970, UTC.
    """

    who: str
    issuer: str
    subject: str
    name: str
    email: str
    login: str
    event: str
    at: float
    authenticated_at: float


@dataclass(frozen=True)
class Refusal:
    """Somebody asked for what was not allowed. action : see `LEAST`. of : inspection, or "". why : in English."""

    who: str
    action: str
    of: str
    why: str


@dataclass(frozen=True)
class RoleChange:
    """A person was given a role, or lost it.

    Attributes
    ----------
    who : did that. person : the account that it is of. issuer, subject : the same, in plain.
    name : what the person is called. role : of `ROLES`; "" where it was taken.
    """

    who: str
    person: str
    issuer: str
    subject: str
    name: str
    role: str
