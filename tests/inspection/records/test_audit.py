"""Each way of tampering is found, and the right row named: by plain SQL, with the guards switched off."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

import pytest
from sqlalchemy import Connection, text

from crackxai.inspection.records import audit as audit_module
from crackxai.inspection.records.audit import audit
from tests.inspection.records.facts import BRIDGE, begun, of_every_kind, signed

INSPECTION, PHOTO, JUDGEMENT, DECISION, SIGN_OFF, OTHER = 1, 2, 3, 4, 5, 6
"""Numbers of the rows; the second inspection has 6 to 8, and 9 is an edit of the first, which voids its sign-off."""
TABLES = {1: "inspection", 2: "photo", 3: "judgement", 4: "decision", 5: "sign_off", 6: "inspection", 7: "photo",
          8: "judgement", 9: "inspection"}  # fmt: skip


@pytest.fixture
def tampered(records) -> Callable[..., None]:
    """Records of nine rows, and what runs statements on them with all triggers and foreign keys off."""
    inspection, _ = signed(records)
    begun(records)
    records.edit_inspection(inspection, BRIDGE)
    found = audit(records.database)
    assert (found.fits, found.rows, found.inspections) == (True, 9, 2)
    assert [(each.number, each.voided_by) for each in found.sign_offs] == [(5, 9)]
    return lambda *steps: tamper(records, *steps)


def tamper(records, *steps: str | Callable[[Connection], None]) -> None:
    engine = records.database.engine
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            # The connection's own transaction has begun: the pragma counts outside of one only.
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            connection.exec_driver_sql("BEGIN")
            for name in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars():
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("SET session_replication_role = replica"))
        for step in steps:
            if callable(step):
                step(connection)
            else:
                connection.execute(text(step))
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET session_replication_role = DEFAULT"))
        connection.commit()


def sha256(of: str) -> str:
    return hashlib.sha256(of.encode()).hexdigest()


def dumps(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def forge(number: int, **facts: object) -> Callable[[Connection], None]:
    """Change what a row says, its columns and the SHA-256 in its entry, as one with time would."""

    def change(connection: Connection) -> None:
        table = TABLES[number]
        content = connection.execute(text(f"SELECT content FROM {table} WHERE number = {number}")).scalar_one()
        new = dumps(json.loads(content) | facts)
        connection.execute(text(f"UPDATE {table} SET content = :new WHERE number = {number}"), {"new": new})
        if "verdict" in facts:
            connection.execute(text(f"UPDATE {table} SET verdict = '{facts['verdict']}' WHERE number = {number}"))
        connection.execute(
            text("UPDATE entry SET content_sha256 = :sha WHERE number = :n"), {"sha": sha256(new), "n": number}
        )

    return change


def rechain(*numbers: int) -> Callable[[Connection], None]:
    """Compute the links of these rows anew."""

    def change(connection: Connection) -> None:
        # The database takes each hash once, whoever had it before.
        among = f"({', '.join(map(str, numbers))})"
        connection.execute(
            text(f"UPDATE entry SET previous = 'x' || number, hash = 'y' || number WHERE number IN {among}")
        )
        for number in numbers:
            columns = "number, kind, inspection, written_at, content_sha256"
            row = connection.execute(text(f"SELECT {columns} FROM entry WHERE number = {number}")).one()
            before = connection.execute(text(f"SELECT hash FROM entry WHERE number = {number - 1}")).scalar()
            facts = row._asdict() | {"previous": before or "0" * 64}
            connection.execute(
                text("UPDATE entry SET previous = :previous, hash = :hash WHERE number = :number"),
                {"previous": facts["previous"], "hash": sha256(dumps(facts)), "number": number},
            )

    return change


def renumber(low: int, by: int) -> list[str]:
    """Move all rows from ``low`` on."""
    tables = ["entry", *sorted(set(TABLES.values()))]
    return [
        f"UPDATE {table} SET number = number + {step} WHERE number >= {low}" for step in (1000, by - 1000)
        for table in tables
    ]  # fmt: skip


def swap(first: int, second: int) -> list[str]:
    tables = ["entry", *sorted(set(TABLES.values()))]
    steps = ((first, 1000), (second, first), (1000, second))
    return [f"UPDATE {table} SET number = {new} WHERE number = {old}" for old, new in steps for table in tables]


def insert_copy(number: int, previous: str = "'x'", own: str = "'y'") -> list[str]:
    """A copy of row 2, a photo, under that number."""
    return [
        f"INSERT INTO entry (number, kind, inspection, written_at, content_sha256, previous, hash) SELECT {number}, "
        f"kind, inspection, written_at, content_sha256, {previous}, {own} FROM entry WHERE number = 2",
        f"INSERT INTO photo (number, inspection, content, sha256) SELECT {number}, inspection, content, sha256 "
        "FROM photo WHERE number = 2",
    ]


CASES: dict[str, tuple[list, int, str]] = {
    "a decision changed": (
        ["UPDATE decision SET content = replace(content, '\"crack\"', '\"no-crack\"') WHERE number = 4"],
        DECISION,
        "what it says is not what was written",
    ),
    "a space more": (
        ["UPDATE inspection SET content = content || ' ' WHERE number = 1"],
        INSPECTION,
        "what it says is not what was written",
    ),
    "changed with its SHA-256": ([forge(DECISION, verdict="no-crack")], DECISION, "its own hash"),
    "changed with its hash": (
        [forge(DECISION, verdict="no-crack"), rechain(DECISION)],
        SIGN_OFF,
        "the hash that it carries of the row before",
    ),
    "changed, and the chain made anew": (
        [forge(DECISION, verdict="no-crack"), rechain(*range(4, 10))],
        SIGN_OFF,
        "it covers 4 rows with the hash",
    ),
    "a column changed": (
        ["UPDATE judgement SET verdict = 'no-crack' WHERE number = 3"],
        JUDGEMENT,
        "its column verdict is 'no-crack', and it says 'crack'",
    ),
    "a probability changed": (
        ["UPDATE judgement SET probability = 0.91 WHERE number = 3"],
        JUDGEMENT,
        "its column probability is 0.91, and it says 0.9",
    ),
    "said of another inspection": (
        ["UPDATE photo SET inspection = (SELECT inspection FROM entry WHERE number = 6) WHERE number = 2"],
        PHOTO,
        "its column inspection",
    ),
    "said of another photo": (
        ["UPDATE judgement SET photo = 7 WHERE number = 3"],
        JUDGEMENT,
        "its column photo is 7, and it says 2",
    ),
    "the time changed": (["UPDATE entry SET written_at = '2025' WHERE number = 7"], 7, "its own hash"),
    "the kind changed": (["UPDATE entry SET kind = 'gossip' WHERE number = 7"], 7, "its own hash"),
    "an unknown kind": (["UPDATE entry SET kind = 'gossip' WHERE number = 9", rechain(9)], 9, "its kind 'gossip'"),
    "the hash changed": (["UPDATE entry SET hash = 'x' WHERE number = 3"], JUDGEMENT, "its own hash"),
    "a row removed": (
        ["DELETE FROM decision WHERE number = 4", "DELETE FROM entry WHERE number = 4"],
        DECISION,
        "the row is missing",
    ),
    "the first row removed": (
        ["DELETE FROM inspection WHERE number = 1", "DELETE FROM entry WHERE number = 1"],
        INSPECTION,
        "the row is missing",
    ),
    "an entry removed": (["DELETE FROM entry WHERE number = 4"], DECISION, "missing"),
    "the last entry removed": (["DELETE FROM entry WHERE number = 9"], 9, "the chain has no such row"),
    "a row removed and the gap closed": (
        ["DELETE FROM decision WHERE number = 4", "DELETE FROM entry WHERE number = 4", *renumber(5, -1)],
        4,
        "the hash that it carries of the row before",
    ),
    "what was said removed": (["DELETE FROM decision WHERE number = 4"], DECISION, "what it said is gone"),
    "two rows swapped": (swap(7, 8), 7, "the hash that it carries of the row before"),
    "two rows swapped and linked": ([*swap(7, 8), rechain(7, 8)], 9, "the hash that it carries of the row before"),
    "a row put in": ([*renumber(4, 1), *insert_copy(4)], 4, "the hash that it carries of the row before"),
    "a row put in and linked": (
        [*renumber(4, 1), *insert_copy(4), "UPDATE entry SET previous = 'z' WHERE number = 5", rechain(4)],
        5,
        "the hash that it carries of the row before",
    ),
    "a row put at the end": (insert_copy(10), 10, "the hash that it carries of the row before"),
    "a row put further on": (insert_copy(12), 10, "the row is missing"),
    "a row put before the first": (insert_copy(0), 0, "its number is not the 1 that follows"),
    "said without an entry": (insert_copy(12)[1:], 12, "the chain has no such row"),
    "said twice, as another kind": (insert_copy(4)[1:], DECISION, "the chain has no such row"),
    "a sign-off changed": (
        ["UPDATE sign_off SET content = replace(content, 'ada', 'eve') WHERE number = 5"],
        SIGN_OFF,
        "what it says is not what was written",
    ),
    "a sign-off over less": (
        [forge(SIGN_OFF, rows=3), rechain(*range(5, 10))],
        SIGN_OFF,
        "it covers 3 rows with the hash",
    ),
    "a sign-off over another hash": (
        [forge(SIGN_OFF, covers="0" * 64), rechain(*range(5, 10))],
        SIGN_OFF,
        "it covers 4 rows with the hash 000000000000…, and the 4 rows",
    ),
}


@pytest.mark.parametrize(("steps", "number", "why"), CASES.values(), ids=CASES)
def test_tampering_is_found_and_the_first_row_named(records, tampered, steps, number, why):
    tampered(*steps)
    found = audit(records.database)
    assert not found.fits
    assert found.misfit is not None
    assert (found.misfit.number, why in found.misfit.why) == (number, True), found.misfit
    assert found.rows <= max(0, number - 1) or "no such row" in why


@pytest.mark.parametrize("batch", [1, 2, 1000])
def test_the_walk_in_batches_of_any_size(records, tampered, monkeypatch, batch):
    monkeypatch.setattr(audit_module, "BATCH", batch)
    assert audit(records.database).rows == 9
    tampered("UPDATE entry SET written_at = '2025' WHERE number = 7")
    assert audit(records.database).misfit.number == 7


def test_rows_cut_off_at_the_end_show_by_a_hash_that_was_kept(records, tampered):
    before = audit(records.database)
    asked = audit(records.database, before.head)
    assert (asked.fits, asked.found_at) == (True, 9)
    tampered("DELETE FROM inspection WHERE number = 9", "DELETE FROM entry WHERE number = 9")
    assert audit(records.database).fits  # the honest limit of a chain
    assert not audit(records.database, before.head).fits


def test_a_chain_made_anew_shows_by_a_hash_that_was_kept(records, tampered):
    before = audit(records.database).head
    tampered(
        "DELETE FROM sign_off", "UPDATE entry SET kind = 'gossip' WHERE number = 5", forge(INSPECTION, remarks="dry"),
        rechain(*range(1, 10)),
    )  # fmt: skip
    assert not audit(records.database, before).fits


def test_empty_records_fit(records):
    found = audit(records.database)
    assert (found.fits, found.rows, found.head) == (True, 0, "0" * 64)
    assert not audit(records.database, "1" * 64).fits


class TestDeleted:
    """Ten rows; 9 is an inspection that row 10 deleted."""

    @pytest.fixture(autouse=True)
    def _rows(self, records):
        of_every_kind(records)
        assert audit(records.database).fits

    def found(self, records, *steps):
        tamper(records, *steps)
        misfit = audit(records.database).misfit
        return misfit.number, misfit.why

    def test_what_went_is_back(self, records):
        number, why = self.found(
            records,
            "INSERT INTO inspection (number, inspection, content) SELECT 9, inspection, '{}' FROM entry "
            "WHERE number = 9",
        )
        assert number == 9
        assert "what it said is there, though row 10" in why

    def test_the_deletion_says_other_rows_went(self, records):
        TABLES[10] = "deletion"
        number, why = self.found(records, forge(10, went={"inspection": 2}), rechain(10))
        del TABLES[10]
        assert number == 10
        assert "the rows that it says went" in why

    def test_the_deletion_itself_is_gone(self, records):
        number, why = self.found(records, "DELETE FROM deletion", "DELETE FROM entry WHERE number = 10")
        assert number == 9
        assert "no row says that its inspection was deleted" in why

    def test_a_row_after_the_deletion(self, records):
        columns = "number, kind, inspection, written_at, content_sha256, previous, hash"
        number, why = self.found(
            records,
            f"INSERT INTO entry ({columns}) SELECT 11, 'inspection', inspection, 't', 'c', 'x', 'y' FROM entry "
            "WHERE number = 10",
            rechain(11),
        )
        assert number == 11
        assert "its inspection was deleted before, by row 10" in why
