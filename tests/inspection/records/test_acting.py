"""Who may do what, on both databases: roles, logins, refusals, and that nobody signs for what is their own."""

from __future__ import annotations

import dataclasses
import json

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from crackxai import RecordsError
from crackxai.errors import AccessError
from crackxai.inspection.records.audit import audit
from crackxai.inspection.records.facts import Imported
from crackxai.inspection.records.logins import account_of
from crackxai.inspection.records.records import open_records
from crackxai.inspection.records.roles import LEAST, ROLES, may
from crackxai.inspection.records.sizes import Size
from tests.inspection.records.facts import BRIDGE, CRACK, PHOTO, WALL, begun, of_every_kind, signed
from tests.inspection.records.logins import ISSUER, NOW, come, login

DEEDS = {
    "look": lambda records, i: records.require("look", i),
    "inspection": lambda records, i: records.edit_inspection(i, dataclasses.replace(BRIDGE, remarks="wet")),
    "photo": lambda records, i: records.add_photo(i, WALL),
    "judgement": lambda records, i: records.add_judgement(i, PHOTO, CRACK),
    "explanation": lambda records, i: records.add_explanation(records.judgements(i)[0], {"kind": "map"}),
    "size": lambda records, i: records.add_size(i, PHOTO, Size()),
    "rating": lambda records, i: records.add_rating(i, PHOTO, "mlit", {"soundness": "I"}),
    "decision": lambda records, i: records.decide(i, PHOTO, "crack"),
    "sign-off": lambda records, i: records.sign_off(i),
    "deletion": lambda records, i: records.delete_inspection(i, "a test"),
    "role": lambda records, i: records.give_role(ISSUER, "eve", "viewer"),
}


def test_every_action_has_its_deed():
    assert DEEDS.keys() | {"import"} == LEAST.keys()


@pytest.mark.parametrize("role", [None, *ROLES])
def test_each_role_may_do_what_it_may_and_nothing_else(records, role):
    """Every action by every role; the refused ones write one row each, which says so, and nothing else."""
    inspection = begun(records)
    for action, deed in DEEDS.items():
        theirs = come(records, f"{role}-{action}", role)
        before = audit(records.database).rows
        if may(role, action):
            deed(theirs, inspection if action != "deletion" else begun(records))
            continue
        with pytest.raises(AccessError, match="expected the role of"):
            deed(theirs, inspection)
        assert audit(records.database).rows == before + 1
        said = records.refusals()[-1].said
        assert (said.action, said.who) == (action, theirs.person)
        assert said.of == ("" if action == "role" else inspection)
    assert audit(records.database).fits


def test_who_may_what_is_as_it_is_written_down():
    allowed = {role: {action for action in LEAST if may(role, action)} for role in ROLES}
    assert allowed["viewer"] == {"look"}
    assert allowed["inspector"] == LEAST.keys() - {"sign-off", "deletion", "role"}
    assert allowed["reviewer"] == LEAST.keys() - {"deletion", "role"}
    assert allowed["administrator"] == LEAST.keys()
    assert not any(may(None, action) or may("root", action) for action in LEAST)


def test_a_role_that_is_taken_counts_from_the_next_action_on(records):
    theirs = come(records, "ada", "inspector")
    inspection = begun(theirs)
    records.give_role(ISSUER, "ada", "viewer")
    with pytest.raises(AccessError, match="inspector or a higher one, received viewer"):
        theirs.decide(inspection, PHOTO, "crack")
    assert theirs.may("look")
    records.give_role(ISSUER, "ada", None)
    assert theirs.role is None
    with pytest.raises(AccessError, match="viewer or a higher one, received none"):
        theirs.require("look")
    assert records.decisions(inspection) == ()


def test_a_refusal_within_other_writing_undoes_that_and_is_recorded(records):
    viewer, inspection = come(records, "ada", "viewer"), begun(records)
    before = audit(records.database).rows
    with pytest.raises(AccessError), viewer.together():
        viewer.decide(inspection, PHOTO, "crack")
    assert audit(records.database).rows == before + 1
    assert [row.said.action for row in records.refusals()] == ["decision"]
    with pytest.raises(AccessError), viewer.together():
        viewer.require("photo", inspection)
    assert [row.said.action for row in records.refusals()] == ["decision", "photo"]


def test_rows_carry_the_account_and_the_name_of_the_first_login(records):
    ada = come(records, "ada", "inspector")
    inspection = begun(ada)
    married = come(records, "ada", None, at=NOW + 5, name="Countess Lovelace", email="other@example.org")
    row = married.decide(inspection, PHOTO, "crack")
    assert row.said.who == ada.person == "Ada <ada@example.org>"
    assert row.account == account_of(ISSUER, "ada")
    assert {each.account for each in records.photos(inspection)} == {row.account}
    assert len(records.current_decisions(inspection)) == 1


def test_two_people_of_one_name_are_two(records):
    ada = come(records, "ada", "inspector")
    other = come(records, "impostor", "inspector", name="Ada", email="ada@example.org")
    elsewhere = come(records, "ada", None, issuer="https://evil.example.org")
    assert len({ada.person, other.person, elsewhere.person}) == 3
    assert elsewhere.role is None
    with pytest.raises(AccessError):
        elsewhere.require("look")


def test_without_a_login_a_row_is_what_it_always_was(records):
    inspection = begun(records)
    records.decide(inspection, PHOTO, "crack")
    with records.database.reading() as connection:
        contents = connection.execute(text("SELECT content FROM decision")).scalars().all()
    assert set(json.loads(contents[0])) == {
        "who", "verdict", "reason", "text", "judgement", "machine", "box", "photo", "sha256",
    }  # fmt: skip
    assert records.may("role")
    assert records.sign_off(inspection).said.who == "ada"


# Logins


def test_a_login_is_recorded_once(records):
    ada = login("ada")
    assert records.sign_in(ada) is None
    assert records.sign_in(ada) is None
    assert audit(records.database).rows == 1
    records.sign_in(login("ada", at=NOW + 10))
    assert audit(records.database).rows == 2


def test_a_login_that_was_never_recorded_is_none(records):
    with pytest.raises(RecordsError, match="login that is recorded"):
        records.acting(login("ada"))


def test_who_logged_out_is_out_however_long_a_copy_is_kept(records):
    theirs = come(records, "ada", "inspector")
    inspection = begun(theirs)
    records.sign_out(theirs.login)
    records.sign_out(theirs.login)
    with pytest.raises(AccessError, match="one that has ended") as caught:
        theirs.decide(inspection, PHOTO, "crack")
    assert caught.value.login
    records.sign_in(theirs.login)
    with pytest.raises(AccessError):
        theirs.require("look")
    come(records, "ada", None, at=NOW + 1).decide(inspection, PHOTO, "crack")


@pytest.mark.parametrize("at", [NOW - 12 * 3600 - 1, NOW + 3600])
def test_an_expired_login_and_one_of_the_future_end_all_but_a_run_that_goes_on(records, at):
    theirs = come(records, "ada", "inspector", at=at)
    inspection = begun(records)
    with pytest.raises(AccessError, match="Log in again"):
        theirs.decide(inspection, PHOTO, "crack")
    theirs.add_judgement(inspection, PHOTO, CRACK)
    records.give_role(ISSUER, "ada", None)
    with pytest.raises(AccessError):
        theirs.add_judgement(inspection, PHOTO, CRACK)


def test_how_long_a_login_holds_is_set(records, monkeypatch):
    monkeypatch.setenv("CRACKXAI_SESSION_HOURS", "0.001")
    assert login("ada").expired(NOW + 3.7)
    assert not login("ada").expired(NOW + 3.5)
    for wrong in ("0", "-1", "nan", "soon"):
        monkeypatch.setenv("CRACKXAI_SESSION_HOURS", wrong)
        with pytest.raises(RecordsError.__base__, match="expected a number above 0"):
            login("ada").expired(NOW)


@pytest.mark.parametrize("claims", [{"iss": None}, {"sub": ""}, {"iat": None}, {"iat": True}, {"iat": "1767323044"}])
def test_a_login_without_who_or_when_is_none(claims):
    with pytest.raises(AccessError, match="OpenID Connect"):
        login("ada", **claims)


# Signing


def test_who_inspected_does_not_sign_and_another_does(records):
    inspector, reviewer = come(records, "ada", "reviewer"), come(records, "bob", "reviewer")
    inspection = begun(inspector)
    inspector.decide(inspection, PHOTO, "crack")
    with pytest.raises(AccessError, match="wrote nothing else into this inspection"):
        inspector.sign_off(inspection)
    row = reviewer.sign_off(inspection)
    assert (row.said.who, row.account) == (reviewer.person, account_of(ISSUER, "bob"))
    assert audit(records.database).fits
    reviewer.decide(inspection, PHOTO, "crack")
    with pytest.raises(AccessError, match="Another person"):
        reviewer.sign_off(inspection)


WORKS = {
    "particulars": lambda records, i: records.edit_inspection(i, BRIDGE),
    "photo": DEEDS["photo"],
    "decision": DEEDS["decision"],
    "size": DEEDS["size"],
    "rating": DEEDS["rating"],
}


@pytest.mark.parametrize("work", WORKS)
def test_the_database_itself_refuses_who_signs_their_own_work(records, monkeypatch, work):
    """With the program's own question out of the way, and also as another program would write it."""
    inspection, theirs = begun(records), come(records, "ada", "reviewer")
    WORKS[work](theirs, inspection)
    monkeypatch.setattr("crackxai.inspection.records.access._require_to_sign", lambda *_: None)
    before = audit(records.database).rows
    with pytest.raises(RecordsError, match="four eyes"):
        theirs.sign_off(inspection)
    assert audit(records.database).rows == before
    insert = (
        f"INSERT INTO sign_off (number, inspection, content, account) "
        f"VALUES (1, '{inspection}', '{{}}', '{theirs.login.account}')"
    )
    with records.database.engine.connect() as connection, pytest.raises(DBAPIError, match="four eyes"):
        connection.execute(text(insert))


def test_the_audit_finds_a_sign_off_of_own_work_though_somebody_made_room_for_it(records, monkeypatch):
    inspection, theirs = begun(records), come(records, "ada", "reviewer")
    theirs.decide(inspection, PHOTO, "crack")
    monkeypatch.setattr("crackxai.inspection.records.access._require_to_sign", lambda *_: None)
    on = "" if records.database.engine.dialect.name == "sqlite" else " ON sign_off"
    with records.database.writing() as connection:
        connection.execute(text(f"DROP TRIGGER sign_off_reviewer{on}"))
    theirs.sign_off(inspection)
    found = audit(records.database)
    assert found.unguarded == ("sign_off_reviewer",)
    assert (found.misfit.kind, found.misfit.why[:18]) == ("sign-off", "who signed it had ")


def test_what_was_recorded_under_a_login_is_not_signed_without_one(records):
    inspection = begun(come(records, "ada", "inspector"))
    with pytest.raises(RecordsError, match="four eyes"):
        records.sign_off(inspection)
    own, _ = signed(records)
    assert records.sign_offs(own)[0].valid


def test_what_was_imported_is_signed_here_as_ever_but_by_who_inspected_it_there(records, tmp_path):
    with open_records(tmp_path / "there.sqlite", clock=records._clock) as there:
        ada = come(there, "ada", "inspector")
        inspection = begun(ada)
        ada.decide(inspection, PHOTO, "crack")
        given, covers = there.given(inspection), there.covered(inspection)
    facts = Imported("", inspection, "CrackXAI", "2026-01-01", len(given), covers)
    here = records.import_inspection(given, facts).inspection
    assert records.decisions(here)[0].account == account_of(ISSUER, "ada")
    assert records.sign_off(here).said.who == "ada"
    with pytest.raises(AccessError, match="Another person"):
        come(records, "ada", "reviewer").sign_off(here)
    assert come(records, "bob", "reviewer").sign_off(here).number
    assert audit(records.database).fits


def test_an_old_login_does_not_sign(records, monkeypatch):
    inspection = begun(come(records, "ada", "inspector"))
    hour = come(records, "bob", "reviewer", auth_time=NOW - 3600)
    with pytest.raises(AccessError, match="last 15 minutes to sign with") as caught:
        hour.sign_off(inspection)
    assert caught.value.login
    monkeypatch.setenv("CRACKXAI_SIGN_MINUTES", "90")
    assert hour.sign_off(inspection).number


# Roles


def test_only_an_administrator_gives_roles_and_one_is_always_left(records):
    root = come(records, "root", "administrator")
    bob = come(records, "bob")
    assert root.give_role(ISSUER, "bob", "reviewer").said.who == root.person
    assert bob.role == "reviewer"
    with pytest.raises(AccessError):
        bob.give_role(ISSUER, "bob", "administrator")
    with pytest.raises(AccessError):
        bob.people()
    with pytest.raises(AccessError):
        bob.refusals()
    for role in (None, "viewer"):
        with pytest.raises(RecordsError, match="an administrator is left"):
            root.give_role(ISSUER, "root", role)
    root.give_role(ISSUER, "bob", "administrator")
    bob.give_role(ISSUER, "root", None)
    assert [(each.who, each.role) for each in records.people()] == [
        ("Root <root@example.org>", None), ("Bob <bob@example.org>", "administrator"),
    ]  # fmt: skip


def test_a_role_that_is_none_and_one_that_is_the_same(records):
    come(records, "bob", "viewer")
    with pytest.raises(RecordsError, match="expected a role of viewer"):
        records.give_role(ISSUER, "bob", "root")
    with pytest.raises(RecordsError, match="another role than the person has, received viewer"):
        records.give_role(ISSUER, "bob", "viewer")


def test_a_role_can_be_there_before_its_person(records):
    records.give_role(ISSUER, "bob", "viewer")
    (bob,) = records.people()
    assert (bob.who, bob.role, bob.last_in) == ("bob", "viewer", None)
    assert come(records, "bob").role == "viewer"
    assert records.people()[0].who == "Bob <bob@example.org>"


def test_an_inspection_that_is_deleted_leaves_the_people(records):
    of_every_kind(records)
    come(records, "root", "administrator").delete_inspection(records.inspections()[0].inspection, "a test")
    found = audit(records.database)
    assert (found.fits, found.inspections, found.deleted) == (True, 0, 2)
    assert records.people()
