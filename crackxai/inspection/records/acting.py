"""Who acts: nobody in particular, as on one's own computer, or somebody who logged in and may do what a role allows."""

from __future__ import annotations

import contextlib
import copy
import datetime
from collections.abc import Callable, Iterator
from typing import Any, Self

from sqlalchemy import Connection

from crackxai.errors import AccessError, RecordsError
from crackxai.inspection.records import access, rows
from crackxai.inspection.records.access import OF_NONE
from crackxai.inspection.records.accounts import Refusal, SignIn
from crackxai.inspection.records.contents import Stored
from crackxai.inspection.records.database import Database
from crackxai.inspection.records.logins import Login
from crackxai.inspection.records.roles import LEAST, may
from crackxai.inspection.records.transactions import Transactions


class Acting(Transactions):
    """Records, and who acts on them; without a login, whoever runs the program, who may do everything.

    Whoever runs it can open the database without it as well: roles are for people who reach it through a server.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime.datetime], person: Callable[[], str]) -> None:
        super().__init__(database)
        self._clock, self._person = clock, person
        self._login: Login | None = None

    @property
    def person(self) -> str:
        """Who decides and signs now."""
        return self._person()

    @property
    def login(self) -> Login | None:
        """Of the person who acts; None: whoever runs the program."""
        return self._login

    def acting(self, login: Login) -> Self:
        """The same records as that person has them. What is done is allowed or refused when it is done.

        Raises
        ------
        RecordsError : the login was not recorded with `sign_in`.
        """
        with self._reading() as connection:
            if not access.events_of(connection, login):
                raise RecordsError("expected a login that is recorded, received another. Record it with sign_in first.")
            label = access.label_of(connection, login)
        theirs = copy.copy(self)  # with the transaction of this thread, so that none waits for itself
        theirs._login, theirs._person = login, lambda: label
        return theirs

    def sign_in(self, login: Login) -> str | None:
        """Record a login, once however often its page is loaded; the role that the person has."""
        with self._writing() as connection:
            if "in" not in access.events_of(connection, login):
                self._note(connection, login, "in")
            return access.role_of(connection, login.account)

    def sign_out(self, login: Login) -> None:
        """Record that a login has ended: whoever keeps a copy of it is asked to log in."""
        with self._writing() as connection:
            if access.events_of(connection, login) == {"in"}:
                self._note(connection, login, "out")

    def require(self, action: str, inspection: str = OF_NONE) -> None:
        """Raise AccessError unless whoever acts may do that now; that it was refused is recorded.

        Parameters
        ----------
        action : of `LEAST`.
        """
        with self._recording_refusals(), self._reading() as connection:
            self._check(connection, action, inspection)

    def may(self, action: str) -> bool:
        """Whether the role of whoever acts is enough for that now; for pages, which ask before they offer it."""
        if self._login is None:
            return True
        with self._reading() as connection:
            return may(access.role_of(connection, self._login.account), action)

    def why_not(self, action: str, inspection: str = OF_NONE) -> AccessError | None:
        """Why whoever acts may not do that now; None: they may. Nothing is recorded of it."""
        if self._login is None:
            return None
        with self._reading() as connection:
            try:
                access.require(connection, self._login, action, inspection, self._clock().timestamp())
            except AccessError as error:
                return error
        return None

    def allows(self, login: Login, action: str) -> bool:
        """Whether that login may do that now; nothing is recorded of it."""
        with self._reading() as connection:
            try:
                access.require(connection, login, action, OF_NONE, self._clock().timestamp())
            except AccessError:
                return False
            return True

    def ended(self, login: Login) -> bool:
        """Whether that login has expired, or somebody logged out of it."""
        return login.expired(self._clock().timestamp()) or self.logged_out(login)

    def logged_out(self, login: Login) -> bool:
        """Whether somebody logged out of it."""
        with self._reading() as connection:
            return "out" in access.events_of(connection, login)

    @property
    def role(self) -> str | None:
        """Of the person who acts, now; None: none."""
        if self._login is None:
            return None
        with self._reading() as connection:
            return access.role_of(connection, self._login.account)

    # For what derives from this

    @contextlib.contextmanager
    def _doing(self, action: str, inspection: str = OF_NONE) -> Iterator[Connection]:
        """A transaction that writes, begun with the question whether whoever acts may do that."""
        with self._recording_refusals(), self._writing() as connection:
            self._check(connection, action, inspection)
            yield connection

    def _check(self, connection: Connection, action: str, inspection: str) -> None:
        assert action in LEAST
        if self._login is not None:
            try:
                access.require(connection, self._login, action, inspection, self._clock().timestamp())
            except AccessError as error:
                error.refused = (action, inspection)
                raise

    @contextlib.contextmanager
    def _recording_refusals(self) -> Iterator[None]:
        """Record what was refused once the transaction that it was refused in was given up: within it, it would go."""
        try:
            yield
        except AccessError as error:
            if error.refused is not None and not self._within_another:
                (action, inspection), error.refused = error.refused, None
                said = Refusal(self._person(), action, inspection, str(error.message))
                with self._writing() as connection:
                    self._write(connection, OF_NONE, "refusal", said)
            raise

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        with self._recording_refusals(), super().together():
            yield

    def _write(
        self, connection: Connection, inspection: str, kind: str, said: Any, photo: Stored[Any] | None = None
    ) -> Stored[Any]:
        """Append a row, with the account of whoever acts where that is known."""
        account = None if self._login is None else self._login.account
        return rows.append(connection, inspection, kind, said, self._time(), photo, account)

    def _note(self, connection: Connection, login: Login, event: str) -> None:
        who = access.label_of(connection, login)
        facts = (
            login.issuer,
            login.subject,
            login.name,
            login.email,
            login.id,
            event,
            login.at,
            login.authenticated_at,
        )
        rows.append(connection, OF_NONE, "sign-in", SignIn(who, *facts), self._time(), account=login.account)

    def _time(self) -> str:
        return self._clock().astimezone(datetime.UTC).isoformat(timespec="microseconds")
