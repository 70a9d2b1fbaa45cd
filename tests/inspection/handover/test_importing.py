"""An archive into other records, of both kinds of database: what was said stays to the letter, and `audit` is clean."""

from __future__ import annotations

import json

import pytest
from pypdf import PdfReader
from sqlalchemy import text

from crackxai.errors import RecordsError
from crackxai.inspection.dossier import read_dossier
from crackxai.inspection.handover.archive import write_archive
from crackxai.inspection.handover.check import check_archive
from crackxai.inspection.handover.importing import import_archive
from crackxai.inspection.handover.pdf import write_pdf
from crackxai.inspection.handover.subject import Subject
from crackxai.inspection.originals import read_original
from crackxai.inspection.records import rows
from crackxai.inspection.records.audit import audit
from crackxai.inspection.records.facts import Imported
from crackxai.inspection.records.records import open_records
from tests.inspection.handover.made import AT, changed
from tests.inspection.records.facts import BRIDGE, WALL


def busy(records) -> None:
    """Rows of another inspection, so that no number is that of the archive's."""
    records.add_photo(records.add_inspection(BRIDGE).inspection, WALL)


def test_there_and_back(records, here, archive):
    busy(records)
    before, inspection = here
    found = import_archive(records, archive)
    walked = audit(records.database)
    assert walked.fits
    assert walked.sign_offs == ()
    new, old = read_dossier(records, found.row.inspection), read_dossier(before, inspection)
    assert new.id != old.id
    assert new.facts.said == old.facts.said
    assert [photo.verdict for photo in new.photos] == [photo.verdict for photo in old.photos]
    for mine, theirs in zip(new.photos, old.photos, strict=True):
        assert mine.judgement.said == theirs.judgement.said
        assert [row.said.who for row in mine.decisions] == [row.said.who for row in theirs.decisions]
        assert [new.said_at(row) for row in mine.decisions] == [row.written_at for row in theirs.decisions]
        assert [row.said.judgement for row in mine.decisions] == [mine.judgement.number] * len(mine.decisions)
        assert [row.said for row in mine.sizes] == [row.said for row in theirs.sizes]
        assert [row.said for row in mine.ratings] == [row.said for row in theirs.ratings]
    (made,), (given,) = records.explanations(new.id), before.explanations(inspection)
    assert made.said.record == given.said.record
    assert (made.said.channel_values == given.said.channel_values).all()


def test_a_sign_off_of_another_installation_is_none_here_and_can_be_read(records, here, archive):
    found = import_archive(records, archive)
    dossier = read_dossier(records, found.row.inspection)
    assert dossier.signed is None
    assert dossier.sign_offs == ()
    (row,) = dossier.imported
    assert (row.said.who, row.said.inspection, row.said.rows) == ("ada", here[1], 20)
    (signed,) = row.said.signed
    assert json.loads(signed["content"])["who"] == "Eve Reviewer"
    assert signed["voided_by"] is None
    assert json.loads(signed["content"])["covers"] == here[0].sign_offs(here[1])[0].row.said.covers


def test_the_pdf_tells_of_it(records, archive, tiny_model, tmp_path):
    found = import_archive(records, archive)
    write_pdf(Subject.of(records, found.row.inspection, [tiny_model], AT), tmp_path / "bridge.pdf")
    told = " ".join(" ".join(page.extract_text() for page in PdfReader(tmp_path / "bridge.pdf").pages).split())
    assert "Unsigned draft · version 1" in told
    assert "There signed by Eve Reviewer on 2026-01-02" in told
    assert "That is no sign-off of these records." in told


def test_photos_are_copied_into_the_store(records, here, archive):
    found = import_archive(records, archive)
    assert (found.copies, found.without) == (2, 2)
    photos = records.photos(found.row.inspection)
    for new, old in zip(photos[:2], here[0].photos(here[1]), strict=False):
        assert new.said.stored
        assert new.said.path is None
        assert read_original(records.store, new.said) == read_original(here[0].store, old.said)


def test_twice_is_told_and_nothing_is_doubled(records, archive):
    first = import_archive(records, archive)
    rows = audit(records.database).rows
    with pytest.raises(RecordsError, match=f"they have as {first.row.inspection}"):
        import_archive(records, archive)
    assert audit(records.database).rows == rows


def test_into_the_records_it_is_from_nothing_is_added(here, archive):
    records, inspection = here
    with pytest.raises(RecordsError, match=f"they have as {inspection}"):
        import_archive(records, archive)


def test_what_does_not_verify_is_refused(records, archive, tmp_path):
    path = changed(archive, "photos.csv", lambda data: data + b"x", tmp_path / "changed.zip")
    with pytest.raises(RecordsError, match=r"photos\.csv"):
        import_archive(records, path)
    assert audit(records.database).rows == 0
    assert not records.store.names()


def test_after_a_deletion_it_can_be_imported_again(records, archive):
    first = import_archive(records, archive)
    records.delete_inspection(first.row.inspection, "a test")
    assert not records.store.names()
    import_archive(records, archive)
    walked = audit(records.database)
    assert walked.fits
    assert (walked.inspections, walked.deleted) == (1, 1)


def test_into_the_records_it_is_from_once_it_is_deleted_there(here, archive):
    records, inspection = here
    records.delete_inspection(inspection, "a test")
    found = import_archive(records, archive)
    assert found.row.inspection != inspection
    walked = audit(records.database)
    assert walked.fits
    assert (walked.inspections, walked.deleted) == (1, 1)
    with pytest.raises(RecordsError, match=f"they have as {found.row.inspection}"):
        import_archive(records, archive)


def test_on_to_a_third_installation(records, here, archive, tmp_path):
    busy(records)
    found = import_archive(records, archive)
    records.sign_off(found.row.inspection)
    on = tmp_path / "on.zip"
    write_archive(Subject.of(records, found.row.inspection, (), AT), records, on)
    assert len(check_archive(on).sign_offs) == 1
    with open_records(tmp_path / "third.sqlite") as third:
        busy(third)
        busy(third)
        last = import_archive(third, on)
        assert audit(third.database).fits
        dossier = read_dossier(third, last.row.inspection)
    old = read_dossier(*here)
    assert len(dossier.imported) == 2
    assert [dossier.said_at(row) for photo in dossier.photos for row in photo.decisions] == [
        row.written_at for photo in old.photos for row in photo.decisions
    ]


@pytest.mark.parametrize("what", ["entries", "signed", "covers"])
def test_audit_finds_an_import_that_was_changed(archive, tmp_path, monkeypatch, what):
    """With its own hash computed anew: what it says of the rows that it came with no longer follows from them."""
    with open_records(tmp_path / "records.sqlite") as records:
        original = rows.append

        def forged(connection, inspection, kind, said, *rest, **more):
            if kind == "import":
                facts = json.loads(json.dumps(vars(said)))
                if what == "covers":
                    facts["covers"] = "0" * 64
                elif what == "signed":
                    facts["signed"][0]["content"] = facts["signed"][0]["content"].replace("Eve", "Eva")
                else:
                    facts["entries"][4]["written_at"] = "2020-01-01T00:00:00.000000+00:00"
                said = Imported(**facts)
            return original(connection, inspection, kind, said, *rest, **more)

        monkeypatch.setattr(rows, "append", forged)
        import_archive(records, archive)
        found = audit(records.database)
        assert found.misfit is not None
        assert found.misfit.kind == "import"


def test_audit_finds_a_row_that_says_other_things_than_the_one_it_came_from(archive, tmp_path, monkeypatch):
    """Appended otherwise than it was handed over."""
    with open_records(tmp_path / "records.sqlite") as records:
        original = rows.append_content

        def forged(connection, inspection, kind, content, written_at):
            if kind == "decision" and content["who"] == "Bob Müller":
                content = {**content, "who": "Ada"}
            return original(connection, inspection, kind, content, written_at)

        monkeypatch.setattr(rows, "append_content", forged)
        import_archive(records, archive)
        found = audit(records.database)
        assert found.misfit.kind == "import"
        assert "which it was imported from" in found.misfit.why


def test_a_row_of_an_import_cannot_be_changed_or_removed(records, archive):
    import_archive(records, archive)
    for statement in ("UPDATE imported SET content = '{}'", "DELETE FROM imported"):
        with pytest.raises(RecordsError, match="append-only"), records.database.writing() as connection:
            connection.execute(text(statement))
