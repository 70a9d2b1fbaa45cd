"""Who is known to the records, and the roles that people are given."""

from __future__ import annotations

from crackxai.errors import Message, RecordsError
from crackxai.inspection.records import access, rows
from crackxai.inspection.records.access import OF_NONE, Person
from crackxai.inspection.records.accounts import Refusal, RoleChange
from crackxai.inspection.records.acting import Acting
from crackxai.inspection.records.contents import Stored
from crackxai.inspection.records.logins import account_of
from crackxai.inspection.records.roles import NOBODY, ROLES


class Membership(Acting):
    """Records, and the people who may act on them. What it tells and does is for administrators."""

    def people(self) -> tuple[Person, ...]:
        """All who logged in or were given a role, in the order in which they came."""
        with self._reading() as connection:
            if self._login is not None:
                self._check(connection, "role", OF_NONE)
            return access.people(connection)

    def refusals(self) -> tuple[Stored[Refusal], ...]:
        """All, in order."""
        with self._reading() as connection:
            if self._login is not None:
                self._check(connection, "role", OF_NONE)
            return rows.read(connection, "refusal")

    def give_role(self, issuer: str, subject: str, role: str | None) -> Stored[RoleChange]:
        """Give a person a role in place of what it had, or take it (None).

        Raises
        ------
        AccessError : whoever acts may not.
        RecordsError : no such role, the person has it already, or no administrator would be left.
        """
        if role is not None and role not in ROLES:
            raise RecordsError(f"expected a role of {', '.join(ROLES)}, received {role!r}.")
        account = account_of(issuer, subject)
        with self._doing("role") as connection:
            known = {each.account: each for each in access.people(connection)}
            before = known[account].role if account in known else None
            if before == role:
                raise RecordsError(
                    Message(
                        "access.same-role",
                        "expected another role than the person has, received {role}. Nothing was changed.",
                        role=NOBODY if role is None else ROLES[role],
                    )
                )
            administrators = {each.account for each in known.values() if each.role == "administrator"}
            if administrators == {account}:
                raise RecordsError(
                    Message(
                        "access.last-administrator",
                        "expected that an administrator is left, received the last one's role to be taken. Make "
                        "another one first. Nothing was changed.",
                    )
                )
            name = known[account].who if account in known else subject
            said = RoleChange(self._person(), account, issuer, subject, name, role or "")
            return self._write(connection, OF_NONE, "role", said)
