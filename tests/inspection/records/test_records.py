"""What is recorded comes back, on both databases."""

from __future__ import annotations

import dataclasses
import hashlib
import json

import pytest
from sqlalchemy import event, text

from crackxai import Box, RecordsError, Verdict, judge
from crackxai.inspection.records.audit import audit
from crackxai.inspection.records.decisions import Decision
from crackxai.inspection.records.facts import PhotoFile
from crackxai.inspection.records.judgements import Judgement, judgement_key
from crackxai.inspection.records.records import open_records
from crackxai.inspection.records.sizes import Size
from tests.inspection.records.facts import BRIDGE, CRACK, FLOOR, OTHER_PHOTO, PHOTO, SOUND, WALL, begun

NO_INSPECTION = "0" * 32


def test_all_comes_back_as_it_was(records):
    inspection = begun(records)
    (judgement,) = records.judgements(inspection)
    record = {"kind": "CrackXAI explanation", "cell_sums": [[0.1, -2.5e-7]], "photo": {"name": "牆\0\udc80.jpg"}}
    records.add_explanation(judgement, record)
    box = Box(1, 20, 3, 40)
    size = Size("estimated", of="length", mm=420.5, error_mm=30, scale="marker of 50 mm")
    records.add_size(inspection, PHOTO, size, box)
    records.add_rating(inspection, PHOTO, "mlit", {"soundness": "II"}, "seen by hand")
    records.decide(inspection, PHOTO, "no-crack", "shadow", "of a cable", box)

    with open_records(_name(records)) as again:
        assert again.inspection(inspection).said == BRIDGE
        (photo,) = again.photos(inspection)
        assert (photo.said, photo.number, photo.sha256) == (WALL, 2, PHOTO)
        (back,) = again.judgements(inspection, PHOTO)
        assert (back.said, back.photo, back.sha256) == (CRACK, 2, PHOTO)
        (explanation,) = again.explanations(inspection)
        assert explanation.said.record == record
        assert explanation.said.judgement == judgement.number
        (of,) = again.sizes(inspection)
        assert (of.said.size, of.said.box, of.said.who) == (size, box, "ada")
        (rating,) = again.ratings(inspection, PHOTO)
        assert (rating.said.scale, rating.said.values, rating.said.edition) == ("mlit", {"soundness": "II"}, "2019")
        (decision,) = again.decisions(inspection)
        assert decision.said == Decision(
            "ada",
            "no-crack",
            "shadow",
            "of a cable",
            judgement.number,
            {"verdict": "crack", "probability": 0.9, "threshold": 0.5, "model": "tiny", "fingerprint": "ef" * 32},
            box,
        )
        assert decision.written_at == "2026-01-02T03:04:11.000000+00:00"
        assert audit(again.database).rows == 7


def _name(records) -> str:
    place = records.database.place
    return str(place) if not hasattr(place, "render_as_string") else place.render_as_string(hide_password=False)


def test_the_chain_computed_by_hand(records):
    """From the stored texts, with nothing of the program: both rows of an inspection with a photo."""
    inspection = records.add_inspection(BRIDGE).inspection
    records.add_photo(inspection, FLOOR)
    with records.database.reading() as connection:
        first, second = (
            connection.execute(text(f"SELECT content FROM {table}")).scalar_one() for table in ("inspection", "photo")
        )
        entries = connection.execute(text("SELECT hash FROM entry ORDER BY number")).scalars().all()
    assert json.loads(first) == dataclasses.asdict(BRIDGE)
    assert first.startswith('{"date":"2026-03-01","element":"pier 2","inspector":"Ada Inspector","name":"Bridge 7, ')
    previous = "0" * 64
    for number, kind, content in ((1, "inspection", first), (2, "photo", second)):
        content_sha256 = hashlib.sha256(content.encode()).hexdigest()
        entry = (
            f'{{"content_sha256":"{content_sha256}","inspection":"{inspection}","kind":"{kind}","number":{number},'
            f'"previous":"{previous}","written_at":"2026-01-02T03:04:0{4 + number}.000000+00:00"}}'
        )
        previous = hashlib.sha256(entry.encode()).hexdigest()
        assert entries[number - 1] == previous


def test_an_edit_is_a_new_row_and_the_newest_counts(records):
    inspection = begun(records)
    later = dataclasses.replace(BRIDGE, remarks="wet")
    row = records.edit_inspection(inspection, later)
    assert row.number == 4
    assert [each.said for each in records.inspections()] == [later]
    moved = dataclasses.replace(WALL, path="/archive/wall.jpg")
    records.add_photo(inspection, moved)
    records.add_photo(inspection, FLOOR)
    assert [each.said for each in records.photos(inspection)] == [moved, FLOOR]
    assert records.judgements(inspection, PHOTO)[0].said == CRACK


def test_an_override_stands_beside_the_first_decision(records, person):
    inspection = begun(records)
    first = records.decide(inspection, PHOTO, "crack")
    person.name = "grace"
    second = records.decide(inspection, PHOTO, "no-crack", "stain")
    assert records.current_decisions(inspection, PHOTO) == (first, second)
    assert [each.said.overrides for each in (first, second)] == [False, True]
    changed = records.decide(inspection, PHOTO, "review", "photo-unusable")
    assert records.current_decisions(inspection, PHOTO) == (first, changed)
    assert records.decisions(inspection) == (first, second, changed)


def test_an_override_asks_for_its_reason(records):
    inspection = begun(records)
    with pytest.raises(RecordsError, match="expected a reason, since the machine had said 'crack'"):
        records.decide(inspection, PHOTO, "no-crack")
    with pytest.raises(RecordsError, match="a reason of shadow, stain"):
        records.decide(inspection, PHOTO, "no-crack", "ghost")
    with pytest.raises(RecordsError, match="the reason in words"):
        records.decide(inspection, PHOTO, "no-crack", "other", " ")
    with pytest.raises(RecordsError, match="a verdict of crack, no-crack, review"):
        records.decide(inspection, PHOTO, "maybe")
    assert records.decisions(inspection) == ()
    assert records.decide(inspection, PHOTO, "no-crack", "other", "chalk").number == 4


def test_a_decision_keeps_the_answer_of_its_moment(records):
    inspection = begun(records)
    (seen,) = records.judgements(inspection)
    later = records.add_judgement(inspection, PHOTO, SOUND)
    on_the_last = records.decide(inspection, PHOTO, "no-crack")
    assert (on_the_last.said.judgement, on_the_last.said.machine["verdict"]) == (later.number, "no-crack")
    on_the_seen = records.decide(inspection, PHOTO, "crack", judgement=seen)
    assert (on_the_seen.said.judgement, on_the_seen.said.machine["threshold"]) == (seen.number, 0.5)
    records.add_photo(inspection, FLOOR)
    with pytest.raises(RecordsError, match="a judgement of this photo"):
        records.decide(inspection, OTHER_PHOTO, "crack", judgement=seen)
    alone = records.decide(inspection, OTHER_PHOTO, "crack")
    assert (alone.said.judgement, alone.said.machine, alone.said.overrides) == (None, None, False)


def test_an_answer_is_found_again_by_photo_model_and_settings(records):
    inspection = begun(records)
    (judgement,) = records.judgements(inspection)
    key = judgement_key(CRACK.fingerprint, {"threshold": 0.5, "of": "photo"})
    assert records.judged(PHOTO, key) == judgement
    assert records.judged(OTHER_PHOTO, key) is None
    assert records.judged(PHOTO, SOUND.key) is None


def test_what_is_not_there_is_refused(records):
    inspection = begun(records)
    with pytest.raises(RecordsError, match="an inspection that is recorded"):
        records.add_photo(NO_INSPECTION, WALL)
    with pytest.raises(RecordsError, match="an inspection that is recorded"):
        records.sign_off(NO_INSPECTION)
    with pytest.raises(RecordsError, match="a photo of this inspection"):
        records.add_judgement(inspection, OTHER_PHOTO, CRACK)
    another = records.add_inspection(BRIDGE).inspection
    with pytest.raises(RecordsError, match="a photo of this inspection"):
        records.decide(another, PHOTO, "crack")


@pytest.mark.parametrize("facts", [{"name": " "}, {"date": "1.3.2026"}, {"date": "20260301"}])
def test_particulars_that_are_none(facts):
    with pytest.raises(RecordsError, match="expected"):
        dataclasses.replace(BRIDGE, **facts)


@pytest.mark.parametrize("facts", [{"sha256": "AB" * 32}, {"latitude": 91.0}, {"longitude": float("nan")}])
def test_a_photos_facts_that_are_none(facts):
    with pytest.raises(RecordsError, match="expected"):
        dataclasses.replace(WALL, **facts)


def test_what_fails_leaves_nothing(records):
    inspection = begun(records)
    with pytest.raises(RecordsError, match="plain JSON"):
        records.add_judgement(inspection, PHOTO, dataclasses.replace(CRACK, doubts=(b"bytes",)))

    def both() -> None:
        with records.together():
            records.add_judgement(inspection, PHOTO, SOUND)
            records.add_judgement(inspection, PHOTO, dataclasses.replace(CRACK, threshold=float("nan")))

    with pytest.raises(RecordsError, match="finite"):
        both()
    assert audit(records.database).rows == 3


def test_many_rows_together(records):
    inspection = begun(records)
    with records.together():
        records.add_judgement(inspection, PHOTO, SOUND)
        with pytest.raises(RecordsError):
            records.decide(inspection, OTHER_PHOTO, "crack")
        assert len(records.judgements(inspection)) == 2
        records.decide(inspection, PHOTO, "no-crack")
    found = audit(records.database)
    assert (found.fits, found.rows) == (True, 5)


def test_of_a_photos_file(sample_files, photo):
    data = sample_files[0].read_bytes()
    found = PhotoFile.of(photo, data, sample_files[0], element="pier 2")
    assert found == PhotoFile(
        photo.name, hashlib.sha256(data).hexdigest(), *photo.original_size, len(data), str(sample_files[0]),
        element="pier 2",
    )  # fmt: skip


def test_of_a_verdict_and_of_a_model(tiny_model, photo):
    verdict = judge(tiny_model, photo)
    judgement = Judgement.of_verdict(verdict, tiny_model)
    assert (judgement.verdict, judgement.probability) == (verdict.kind, verdict.probability)
    assert (judgement.fingerprint, judgement.band) == (tiny_model.fingerprint, verdict.band)
    again = Judgement.of_verdict(Verdict(0.5, verdict.threshold, verdict.band), tiny_model)
    assert again.key == judgement.key
    assert Judgement.of_verdict(verdict.under(0.9, 0.0), tiny_model).key != judgement.key


def test_of_a_scan(tiny_model, photo, records):
    from crackxai import scan

    found = scan(tiny_model, photo)
    judgement = Judgement.of_scan(found)
    assert (judgement.verdict, judgement.fingerprint) == (found.verdict, tiny_model.fingerprint)
    inspection = records.add_inspection(BRIDGE).inspection
    records.add_photo(inspection, dataclasses.replace(WALL, sha256=photo.sha256))
    records.add_judgement(inspection, photo.sha256, judgement)
    assert records.judgements(inspection)[0].said.findings == tuple(found.to_record()["findings"])


def test_what_is_said_of_a_photo_is_found_by_it_alone(tmp_path):
    """Not among all of an inspection or of a model: a folder of ten thousand would be ten thousand times as many."""
    with open_records(tmp_path / "records.sqlite") as records:
        inspection = begun(records)
        asked: list[tuple[str, tuple]] = []
        event.listen(
            records.database.engine,
            "before_cursor_execute",
            lambda connection, cursor, statement, parameters, context, many: asked.append((statement, parameters)),
        )
        assert records.photo(inspection, PHOTO) is not None
        assert records.judged(PHOTO, CRACK.key) is not None
        assert records.judgements(inspection, PHOTO)
        records.add_judgement(inspection, PHOTO, CRACK)
        about = [(statement, parameters) for statement, parameters in asked if "sha256 = ?" in statement]
        assert len(about) == 4
        with records.database.engine.connect() as connection:
            for statement, parameters in about:
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
                assert any("_sha256 (sha256=?)" in row[-1] for row in plan), plan
