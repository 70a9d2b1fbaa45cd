"""The tables' guards: triggers that refuse every change.

The chain shows what was changed. A guard that is missing shows that somebody made room for it, or that a tool copied
the tables without them.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from crackxai.inspection.records.tables import TABLES, Entry

_SQLITE = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
# A trigger may be there and switched off.
_POSTGRESQL = text(
    "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
    "WHERE NOT tgisinternal AND tgenabled IN ('O', 'A') AND relnamespace = current_schema()::regnamespace"
)


def missing_guards(connection: Connection) -> tuple[str, ...]:
    """Names of the triggers that should be there and are not, or are switched off."""
    sqlite = connection.dialect.name == "sqlite"
    there = {str(name) for (name,) in connection.execute(_SQLITE if sqlite else _POSTGRESQL)}
    own = ("unchanged", "stays", "new") if sqlite else ("unchanged", "stays", "kept")
    expected = {f"{Entry.__tablename__}_{what}" for what in ("follows", *own) if what != "new"}
    expected.add("sign_off_reviewer")
    expected |= {f"{table.__tablename__}_{what}" for table in TABLES.values() for what in own}
    return tuple(sorted(expected - there))
