"""Whether somebody who logged in may do something: asked anew each time, of the rows themselves."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from crackxai.errors import AccessError, Message
from crackxai.inspection.records import rows
from crackxai.inspection.records.accounts import RoleChange, SignIn
from crackxai.inspection.records.contents import Stored
from crackxai.inspection.records.logins import Login, account_of, sign_seconds
from crackxai.inspection.records.roles import BY_MACHINE, LEAST, NOBODY, ROLES, may
from crackxai.inspection.records.tables import REVIEWED, RoleRow, SignInRow

OF_NONE = ""
"""What the rows of people have as their inspection."""


@dataclass(frozen=True)
class Person:
    """Somebody who logged in, or was given a role before that.

    Attributes
    ----------
    account : see `account_of`. who : what the person is called in the records.
    role : of `ROLES`; None: none. last_in : when the last login was recorded, UTC, ISO 8601; None: never.
    """

    account: str
    issuer: str
    subject: str
    who: str
    role: str | None
    last_in: str | None


def role_of(connection: Connection, account: str) -> str | None:
    """The role that the person has now."""
    last = select(RoleRow.role).where(RoleRow.person == account).order_by(RoleRow.number.desc()).limit(1)
    return connection.execute(last).scalar() or None


def label_of(connection: Connection, login: Login) -> str:
    """What the person is called in the records: as at the first login, and as nobody else is."""
    first = select(SignInRow.number).where(SignInRow.account == login.account).order_by(SignInRow.number).limit(1)
    number = connection.execute(first).scalar()
    if number is not None:
        (row,) = rows.read(connection, "sign-in", SignInRow.number == number)
        return str(row.said.who)
    taken = connection.execute(select(SignInRow.number).where(SignInRow.who == login.label).limit(1)).first()
    return login.label if taken is None else f"{login.label} ({login.account[:12]})"


def events_of(connection: Connection, login: Login) -> set[str]:
    """Of "in" and "out", what was recorded of this login."""
    return set(connection.scalars(select(SignInRow.event).where(SignInRow.login == login.id)))


def require(connection: Connection, login: Login, action: str, inspection: str, now: float) -> None:
    """Raise AccessError unless the person may do that now.

    Parameters
    ----------
    action : of `LEAST`. inspection : on which, or "". now : seconds since 1970, UTC.
    """
    events = events_of(connection, login)
    expired = login.expired(now) and action not in BY_MACHINE
    if "in" not in events or "out" in events or expired:
        raise AccessError(
            Message("access.expired", "expected a login that holds, received one that has ended. Log in again."),
            login=True,
        )
    role = role_of(connection, login.account)
    if not may(role, action):
        raise AccessError(
            Message(
                "access.role",
                "expected the role of {needed} or a higher one, received {role}. An administrator gives roles. Nothing "
                "was recorded but that you asked.",
                needed=ROLES[LEAST[action]],
                role=NOBODY if role is None else ROLES[role],
            )
        )
    if action == "sign-off":
        _require_to_sign(connection, login, inspection, now)


def _require_to_sign(connection: Connection, login: Login, inspection: str, now: float) -> None:
    # The database refuses it too, but in its own words.
    for table in REVIEWED:
        own = select(table.number).where(table.inspection == inspection, table.account == login.account).limit(1)
        if connection.execute(own).first() is not None:
            raise AccessError(
                Message(
                    "access.own-work",
                    "expected a reviewer who wrote nothing else into this inspection, received one who did. Another "
                    "person has to sign it.",
                )
            )
    if not login.fresh(now):
        raise AccessError(
            Message(
                "access.old-login",
                "expected a login of the last {minutes} minutes to sign with, received an older one. Log in again, "
                "and sign.",
                minutes=f"{sign_seconds() / 60:g}",
            ),
            login=True,
        )


def people(connection: Connection) -> tuple[Person, ...]:
    """All, in the order in which they came first."""
    found: dict[str, Person] = {}
    said: list[Stored[SignIn] | Stored[RoleChange]] = [
        *rows.read(connection, "sign-in"),
        *rows.read(connection, "role"),
    ]
    for row in sorted(said, key=lambda each: each.number):
        account = account_of(row.said.issuer, row.said.subject)
        before = found.get(account)
        who, role, last = (before.who, before.role, before.last_in) if before else ("", None, None)
        if isinstance(row.said, SignIn):
            who = row.said.who  # the same in all, and what counts
            last = row.written_at if row.said.event == "in" else last
        else:
            role = row.said.role or None
        found[account] = Person(account, row.said.issuer, row.said.subject, who or row.said.subject, role, last)
    return tuple(found.values())
