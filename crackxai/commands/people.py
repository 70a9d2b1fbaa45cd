"""``people``: who has logged in at the server of these records, and which role each has."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from crackxai.commands.terminal import OK, answer, answer_json
from crackxai.errors import RecordsError

if TYPE_CHECKING:
    from crackxai.inspection.records.access import Person


def people(args: argparse.Namespace) -> int:
    """List who has logged in and which role each has; give a role, or take it."""
    from crackxai.inspection.records.records import open_records

    with open_records(args.db, create=args.do == "grant") as records:
        if args.do == "list":
            _list(records.people(), args.json)
            return OK
        if args.issuer is None:
            person = _one(records.people(), args.who)
            issuer, subject = person.issuer, person.subject
        else:
            issuer, subject = args.issuer, args.who
        row = records.give_role(issuer, subject, args.role)
        name = row.said.name
    answer(f"{name}: {args.role or 'no role'} from now on (row {row.number}, by {row.said.who})")
    return OK


def _list(people: Sequence[Person], json: bool) -> None:
    if json:
        answer_json({"people": [asdict(person) for person in people]})
        return
    for person in people:
        seen = f"logged in last {person.last_in[:16]}" if person.last_in else "never logged in"
        answer(f"{person.account[:12]}  {person.who}: {person.role or 'no role'}, {seen}, {person.issuer}")
    if not people:
        answer(
            "nobody yet: log in once, then give yourself the role: python -m crackxai people grant WHO administrator"
        )


def _one(people: Sequence[Person], who: str) -> Person:
    """Whoever is called that: in the records, by address or subject, or by the beginning of the account."""
    found = [
        person
        for person in people
        if who in (person.who, person.subject)
        or f"<{who}>" in person.who
        or (len(who) >= 8 and person.account.startswith(who))
    ]
    if len(found) == 1:
        return found[0]
    if not found:
        raise RecordsError(
            f"expected somebody who has logged in, received {who!r}. List them: python -m crackxai people. Or name the "
            "provider with --issuer, and the person's subject there."
        )
    accounts = ", ".join(person.account[:12] for person in found)
    raise RecordsError(f"expected one person, received {who!r}, which several are called. Write which: {accounts}.")
