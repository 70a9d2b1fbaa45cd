"""``people``: the first administrator, and who has which role, from a terminal."""

from __future__ import annotations

import json

import pytest

from crackxai.cli import FAILED, OK, main
from crackxai.inspection.records.audit import audit
from crackxai.inspection.records.records import open_records
from tests.inspection.records.logins import ISSUER, come, login


@pytest.fixture
def file(tmp_path) -> str:
    """Ada and Bob have logged in; nobody has a role."""
    path = tmp_path / "records.sqlite"
    with open_records(path) as records:
        come(records, "ada")
        come(records, "bob")
    return str(path)


def said(capsys, *arguments: str) -> str:
    assert main(["people", *arguments]) == OK
    return capsys.readouterr().out


def test_who_is_there(file, capsys):
    lines = said(capsys, "--db", file).splitlines()
    assert [line.split("  ")[1].split(": ")[0] for line in lines] == ["Ada <ada@example.org>", "Bob <bob@example.org>"]
    assert all("no role, logged in last 20" in line and line.endswith(ISSUER) for line in lines)
    found = json.loads(said(capsys, "list", "--db", file, "--json"))["people"]
    assert [(each["subject"], each["role"]) for each in found] == [("ada", None), ("bob", None)]


@pytest.mark.parametrize("who", ["ada@example.org", "ada", "Ada <ada@example.org>", login("ada").account[:12]])
def test_a_role_is_given_and_taken(file, capsys, monkeypatch, who):
    monkeypatch.setattr("getpass.getuser", lambda: "owner")
    assert said(capsys, "grant", who, "viewer", "--db", file) == (
        "Ada <ada@example.org>: viewer from now on (row 3, by owner)\n"
    )
    assert ": viewer, logged in last" in said(capsys, "list", "--db", file)
    assert "no role from now on (row 4" in said(capsys, "revoke", who, "--db", file)
    with open_records(file) as records:
        assert audit(records.database).fits
        assert [each.role for each in records.people()] == [None, None]


def test_the_first_administrator_before_anybody_logged_in(tmp_path, capsys):
    file = str(tmp_path / "new.sqlite")
    assert main(["people", "--db", file]) == FAILED
    assert "found no file" in capsys.readouterr().err
    said(capsys, "grant", "ada", "administrator", "--issuer", ISSUER, "--db", file)
    with open_records(file) as records:
        assert come(records, "ada").role == "administrator"
    assert main(["people", "revoke", "ada", "--db", file]) == FAILED
    assert "an administrator is left" in capsys.readouterr().err


def test_who_is_not_there_and_whom_several_are_called(file, capsys):
    assert main(["people", "grant", "eve", "viewer", "--db", file]) == FAILED
    assert "somebody who has logged in, received 'eve'" in capsys.readouterr().err
    with open_records(file) as records:
        come(records, "ada", issuer="https://evil.example.org")
    assert main(["people", "grant", "ada@example.org", "viewer", "--db", file]) == FAILED
    told = capsys.readouterr().err
    assert "which several are called" in told
    assert login("ada").account[:12] in told
    with pytest.raises(SystemExit):
        main(["people", "grant", "ada", "king", "--db", file])
