"""``audit``: what it says, and how it ends."""

from __future__ import annotations

import json
import sqlite3

import pytest

from crackxai.cli import FAILED, OK, main
from crackxai.inspection.records.records import open_records
from tests.inspection.records.facts import BRIDGE, begun, signed


@pytest.fixture
def file(tmp_path):
    """A signed inspection, in five rows, and an edit that voids it; another one that was deleted."""
    path = tmp_path / "records.sqlite"
    with open_records(path) as records:
        inspection, _ = signed(records)
        records.edit_inspection(inspection, BRIDGE)
        records.delete_inspection(begun(records), "a test")
    return path


def tamper(file) -> None:
    connection = sqlite3.connect(file)
    connection.execute("DROP TRIGGER decision_unchanged")
    connection.execute("UPDATE decision SET content = replace(content, 'crack', 'sound')")
    connection.commit()
    connection.close()


def test_records_that_hold(file, capsys):
    assert main(["audit", "--db", str(file)]) == OK
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == [f"records: {file}", "rows that fit: 10; inspections: 1, deleted: 1"]
    assert lines[2].startswith("sign-off in row 5, inspection ")
    assert lines[2].endswith(": voided by row 6")
    assert lines[3].startswith("hash of the last row: ")
    assert lines[4] == "the records hold"

    head = lines[3].split()[-1]
    assert main(["audit", "--db", str(file), "--head", head.upper()]) == OK
    assert "the hash that was asked for is that of row 10" in capsys.readouterr().out
    assert main(["audit", "--db", str(file), "--head", "0" * 64]) == FAILED
    assert "rows were cut off or made anew" in capsys.readouterr().out


def test_a_row_that_does_not_fit(file, capsys, monkeypatch):
    tamper(file)
    monkeypatch.setenv("CRACKXAI_DB", str(file))
    assert main(["audit"]) == FAILED
    out = capsys.readouterr().out
    assert "rows that fit: 3; " in out
    assert "row 4 (decision of inspection " in out
    assert "does not fit: what it says is not what was written" in out
    assert "guards that are missing: decision_unchanged; " in out
    assert out.splitlines()[-1] == "the records do not hold"


def test_json(file, capsys):
    assert main(["audit", "--db", str(file), "--json"]) == OK
    found = json.loads(capsys.readouterr().out)
    assert (found["records"], found["fits"], found["rows"], found["misfit"]) == (str(file), True, 10, None)
    assert [(each["number"], each["voided_by"]) for each in found["sign_offs"]] == [(5, 6)]
    tamper(file)
    assert main(["audit", "--db", str(file), "--json"]) == FAILED
    found = json.loads(capsys.readouterr().out)
    assert (found["fits"], found["misfit"]["number"], found["misfit"]["kind"]) == (False, 4, "decision")


def test_without_records_nothing_is_made(tmp_path, capsys):
    assert main(["audit", "--db", str(tmp_path / "absent.sqlite")]) == FAILED
    assert "found no file" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_hash_that_is_none(capsys):
    with pytest.raises(SystemExit):
        main(["audit", "--head", "abc"])
    assert "64 hexadecimal digits" in capsys.readouterr().err
