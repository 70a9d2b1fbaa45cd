"""Guards that are missing are told, though no row was changed yet."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from crackxai.inspection.records.audit import audit
from crackxai.inspection.records.guards import missing_guards
from crackxai.inspection.records.tables import TABLES
from tests.inspection.records.facts import of_every_kind


def dropped(records, name: str) -> None:
    table = name.rpartition("_")[0]
    on = "" if records.database.engine.dialect.name == "sqlite" else f" ON {table}"
    with records.database.writing() as connection:
        connection.execute(text(f"DROP TRIGGER {name}{on}"))


def test_all_are_there(records):
    of_every_kind(records)
    assert audit(records.database).unguarded == ()


@pytest.mark.parametrize(
    "name", ["entry_follows", "entry_stays", *(f"{t.__tablename__}_unchanged" for t in TABLES.values())]
)
def test_one_that_was_removed_is_named(records, name):
    dropped(records, name)
    found = audit(records.database)
    assert found.unguarded == (name,)
    assert found.fits


def test_one_that_is_switched_off_is_named(records):
    if records.database.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no switch for a trigger")
    with records.database.writing() as connection:
        connection.execute(text("ALTER TABLE decision DISABLE TRIGGER decision_unchanged"))
        assert missing_guards(connection) == ("decision_unchanged",)
