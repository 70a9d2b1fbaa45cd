"""Runs over folders: computed once, recorded once, stopped and gone on with anywhere."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from crackxai import judge, read_photo
from crackxai.errors import Cancelled, RecordsError, SourceError
from crackxai.inspection import folder_run, photo_source
from crackxai.inspection.folder_run import MAP_SHARE, FolderRun
from crackxai.inspection.folder_settings import Duplicate, FolderSettings
from crackxai.inspection.originals import read_original
from crackxai.inspection.photo_source import open_source
from crackxai.inspection.records.facts import Inspection
from crackxai.inspection.records.photo_store import PhotoStore
from crackxai.inspection.records.records import Records
from crackxai.inspection.scan import ScanSettings
from crackxai.inspection.scanner import Scanner
from crackxai.model.classifier import CrackModel
from crackxai.photo.memory import decodes
from crackxai.photo.reading import OpenedPhoto
from tests.inspection.photo_folders import archive, counts, drawn, photos, run_over


@pytest.fixture
def asked(monkeypatch) -> list[int]:
    """How many pictures each forward pass had."""
    passes: list[int] = []
    for name in ("predict", "predict_with_features"):
        whole = getattr(CrackModel, name)

        def counted(self, images, whole=whole):
            passes.append(len(images))
            return whole(self, images)

        monkeypatch.setattr(CrackModel, name, counted)
    return passes


def finished(run: FolderRun):
    run.advance()
    assert run.finished
    assert run.evaluations == run.total
    run.close()
    return run.result()


def test_each_photo_has_the_answer_that_judge_gives(tiny_model, records, inspection, tmp_path):
    folder = photos(tmp_path / "wall", range(11))
    result = finished(run_over(tiny_model, records, inspection, folder))
    assert [each.place for each in result.outcomes] == [f"photo-{n:02}.png" for n in range(11)]
    assert result.by_way == {"judged": 11}
    assert sum(result.by_verdict.values()) == 11
    for outcome, photo, row in zip(
        result.outcomes, records.photos(inspection), records.judgements(inspection), strict=True
    ):
        verdict = judge(tiny_model, read_photo(folder / outcome.place))
        assert photo.said.sha256 == outcome.sha256 == row.sha256
        assert photo.said.path == str(folder / outcome.place)
        assert (photo.said.width, photo.said.height, photo.said.stored) == (160, 160, None)
        assert (row.said.verdict, row.said.probability) == (outcome.verdict, outcome.probability)
        assert row.said.verdict == verdict.kind
        assert row.said.probability == pytest.approx(verdict.probability, abs=1e-6)
        assert row.said.fingerprint == tiny_model.fingerprint


def test_a_second_run_computes_and_records_nothing(tiny_model, records, inspection, tmp_path, asked):
    folder = photos(tmp_path / "wall", range(5))
    finished(run_over(tiny_model, records, inspection, folder))
    before, head = list(asked), records.covered(inspection)
    result = finished(run_over(tiny_model, records, inspection, folder))
    assert result.by_way == {"already": 5}
    assert (asked, records.covered(inspection)) == (before, head)


def test_a_sign_off_holds_where_nothing_new_came(tiny_model, records, inspection, tmp_path):
    folder = photos(tmp_path / "wall", range(3))
    finished(run_over(tiny_model, records, inspection, folder))
    records.sign_off(inspection)
    finished(run_over(tiny_model, records, inspection, folder))
    assert records.sign_offs(inspection)[-1].valid
    finished(run_over(tiny_model, records, inspection, photos(folder, [3])))
    assert not records.sign_offs(inspection)[-1].valid


def test_an_answer_of_another_inspection_is_recorded_again_without_computing(
    tiny_model, records, inspection, tmp_path, asked
):
    folder = photos(tmp_path / "wall", range(3))
    finished(run_over(tiny_model, records, inspection, folder))
    before = list(asked)
    other = records.add_inspection(Inspection("Bridge 8")).inspection
    result = finished(run_over(tiny_model, records, other, photos(folder, range(4))))
    assert result.by_way == {"known": 3, "judged": 1}
    assert asked == [*before, 1]
    assert counts(records, other) == (4, 4, 0)
    first, again = (records.judgements(each) for each in (inspection, other))
    assert [row.said for row in first] == [row.said for row in again[:3]]


def test_other_settings_are_a_new_answer_and_the_same_ones_are_not(tiny_model, records, inspection, tmp_path):
    folder = photos(tmp_path / "wall", range(2))
    for settings in ({}, {"threshold": 0.9}, {"threshold": 0.9, "band": 0.2}, {"threshold": 0.9}, {}):
        finished(run_over(tiny_model, records, inspection, folder, **settings))
    assert counts(records, inspection) == (2, 6, 0)
    assert {row.said.threshold for row in records.judgements(inspection)} == {tiny_model.threshold, 0.9}


def test_photos_that_cannot_be_read_are_told_and_the_rest_goes_on(tiny_model, records, inspection, tmp_path):
    folder = photos(tmp_path / "wall", range(4))
    (folder / "a-broken.jpg").write_bytes(drawn(0)[:300])
    (folder / "photo-02.jpg").write_bytes(b"")
    (folder / "notes.txt").write_text("nothing")
    result = finished(run_over(tiny_model, records, inspection, folder))
    assert len(result.outcomes) == 4
    assert [(each.place, each.why.name) for each in result.failures] == [
        ("a-broken.jpg", "photo-error.damaged"),
        ("photo-02.jpg", "photo-error.empty"),
    ]
    assert [each.place for each in result.left_out] == ["notes.txt"]
    assert result.done == result.photos == 6


def test_photos_of_the_same_bytes_are_one_photo(tiny_model, records, inspection, tmp_path, asked):
    folder = photos(tmp_path / "wall", range(2))
    (folder / "again.png").write_bytes(drawn(1))
    (folder / "z.png").write_bytes(drawn(1))
    result = finished(run_over(tiny_model, records, inspection, folder))
    assert result.duplicates == (Duplicate("photo-01.png", "again.png"), Duplicate("z.png", "again.png"))
    assert sum(asked) == 2
    assert counts(records, inspection) == (2, 2, 0)


def test_a_model_that_gives_no_probability_fails_each_photo(overflowing_folder, records, inspection, tmp_path):
    from crackxai import load_model

    folder = photos(tmp_path / "wall", range(3))
    result = finished(run_over(load_model(overflowing_folder), records, inspection, folder))
    assert [each.why.name for each in result.failures] == ["model-error.no-probability"] * 3
    assert counts(records, inspection) == (0, 0, 0)


@pytest.mark.parametrize("scan", [None, ScanSettings()])
def test_stopped_after_every_look_it_comes_to_the_same(tiny_model, records, inspection, tmp_path, scan):
    """The progress callback raises each time that something was done since."""
    folder = photos(tmp_path / "wall", range(6))
    run = run_over(tiny_model, records, inspection, folder, scan=scan, explain_worst=1)
    looks = [0, 0]

    def stop(*_) -> None:
        looks[0] += 1
        if looks[0] > looks[1]:
            looks[1] = looks[0] + 3
            raise Cancelled("stop")

    stopped = 0
    while not run.finished:
        looks[0] = 0
        looks[1] = 2 + stopped % 3
        try:
            run.advance(run.total, stop)
        except Cancelled:
            stopped += 1
            assert run.evaluations < run.total or run.finished  # the last call is after the end
            photo_rows, judgement_rows, _ = counts(records, inspection)
            assert photo_rows == judgement_rows == len(run.result().outcomes)
    run.close()
    assert stopped > 3
    assert run.result().by_way == {"judged": 6}
    assert counts(records, inspection)[:2] == (6, 6)


def test_how_it_stands_can_be_read_while_it_is_under_way(tiny_model, records, inspection, tmp_path):
    run = run_over(tiny_model, records, inspection, photos(tmp_path / "wall", range(20)))
    seen = []
    run.advance(None, lambda *_: seen.append(run.result()))
    run.close()
    assert seen[0].done == 0
    assert seen[-1].done == 20
    seconds = [each.seconds for each in seen]
    assert 0 < seconds[0] < seconds[-1]
    assert seconds == sorted(seconds)
    assert run.result().seconds == run.result().seconds >= seconds[-1]


def test_it_goes_to_the_total_that_is_asked_for(tiny_model, records, inspection, tmp_path, monkeypatch):
    monkeypatch.setattr(folder_run, "THREADS", 1)
    run = run_over(tiny_model, records, inspection, photos(tmp_path / "wall", range(20)))
    run.advance(3)
    assert 3 <= run.evaluations <= 3 + 8
    assert not run.finished
    finished(run)
    assert counts(records, inspection) == (20, 20, 0)


def test_what_fails_in_the_records_is_lost_for_nobody(tiny_model, records, inspection, tmp_path, monkeypatch):
    folder = photos(tmp_path / "wall", range(4))
    run = run_over(tiny_model, records, inspection, folder)
    whole, fails = Records.add_judgement, [True]

    def failing(self, *args):
        if fails and len(records.photos(inspection)) == 3:
            fails.clear()
            raise RecordsError("the disk is full")
        return whole(self, *args)

    monkeypatch.setattr(Records, "add_judgement", failing)
    with pytest.raises(RecordsError, match="full"):
        run.advance()
    assert counts(records, inspection)[0] == counts(records, inspection)[1] == len(run.result().outcomes)
    assert finished(run).by_way == {"judged": 4}
    assert counts(records, inspection) == (4, 4, 0)


def test_two_runs_at_once_write_nothing_twice(tiny_model, records, inspection, tmp_path):
    folder = photos(tmp_path / "wall", range(20))
    runs = [run_over(tiny_model, records, inspection, folder) for _ in range(2)]
    threads = [threading.Thread(target=run.advance) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert counts(records, inspection) == (20, 20, 0)
    ways = [run.result().by_way for run in runs]
    assert sum(way["judged"] + way["known"] for way in ways) == 20
    for run in runs:
        run.close()


# Scans


def test_scans_are_recorded_with_their_findings_and_known_again(tiny_model, records, inspection, tmp_path, monkeypatch):
    folder = tmp_path / "wall"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.png").write_bytes(drawn(number, 500 + 40 * number))
    result = finished(run_over(tiny_model, records, inspection, folder, scan=ScanSettings()))
    assert result.by_way == {"judged": 3}
    rows = records.judgements(inspection)
    for number, row in enumerate(rows):
        scanner = Scanner(tiny_model, read_photo(folder / f"{number}.png"))
        scanner.advance()
        assert row.said.verdict == scanner.scan().verdict
        assert row.said.threshold == scanner.threshold
        assert len(row.said.findings) == len(scanner.scan().findings)
    assert any(row.said.findings for row in rows)

    monkeypatch.setattr(Scanner, "advance", None)
    monkeypatch.setattr(OpenedPhoto, "read", None)  # by their headers alone
    assert finished(run_over(tiny_model, records, inspection, folder, scan=ScanSettings())).by_way == {"already": 3}
    assert counts(records, inspection) == (3, 3, 0)


# Where photos lie


def test_copies_are_kept_where_they_are_wanted(tiny_model, records, inspection, tmp_path):
    folder = photos(tmp_path / "wall", range(2))
    finished(run_over(tiny_model, records, inspection, folder))
    assert records.store.names() == set()
    result = finished(run_over(tiny_model, records, inspection, folder, copy=True))
    assert result.by_way == {"already": 2}
    assert len(records.store.names()) == 2
    head = records.covered(inspection)
    finished(run_over(tiny_model, records, inspection, folder, copy=True))
    assert records.covered(inspection) == head
    for number in range(2):
        (folder / f"photo-{number:02}.png").unlink()
    assert [read_original(records.store, row.said) for row in records.photos(inspection)] == [drawn(0), drawn(1)]


def test_photos_out_of_an_archive_are_copied(tiny_model, records, inspection, tmp_path):
    packed = archive(tmp_path / "photos.zip", {f"n/{n}.png": drawn(n) for n in range(3)} | {"x.jpg": b"none"})
    result = finished(run_over(tiny_model, records, inspection, packed))
    assert (len(result.outcomes), [each.place for each in result.failures]) == (3, ["x.jpg"])
    rows = records.photos(inspection)
    assert [(row.said.name, row.said.path) for row in rows] == [(f"{n}.png", None) for n in range(3)]
    packed.unlink()
    assert [read_original(records.store, row.said) for row in rows] == [drawn(n) for n in range(3)]


def test_an_archive_without_a_place_for_copies_is_a_clear_error(tiny_model, records, inspection, tmp_path):
    records.store = PhotoStore(None)
    packed = archive(tmp_path / "photos.zip", {"a.png": drawn(0)})
    source = open_source(packed)
    with pytest.raises(SourceError, match="copies of photos") as raised:
        FolderRun(tiny_model, source, records, inspection)
    source.close()
    assert raised.value.message.name == "folder-error.no-store"
    with pytest.raises(SourceError, match="copies"):
        run_over(tiny_model, records, inspection, photos(tmp_path / "wall", [0]), copy=True)
    finished(run_over(tiny_model, records, inspection, tmp_path / "wall"))


def test_a_folder_that_moved_is_said_anew_once(tiny_model, records, inspection, tmp_path):
    folder = photos(tmp_path / "wall", range(2))
    finished(run_over(tiny_model, records, inspection, folder))
    # What somebody said of a photo stays.
    row = records.photos(inspection)[0].said
    records.add_photo(inspection, replace(row, element="pier 2"))
    folder.rename(tmp_path / "moved")
    assert finished(run_over(tiny_model, records, inspection, tmp_path / "moved")).by_way == {"already": 2}
    rows = records.photos(inspection)
    assert [Path(row.said.path).parent.name for row in rows] == ["moved"] * 2
    assert rows[0].said.element == "pier 2"
    head = records.covered(inspection)
    finished(run_over(tiny_model, records, inspection, photos(tmp_path / "elsewhere", range(2))))
    assert records.covered(inspection) == head  # a further copy of what is there tells nothing


def test_an_inspection_that_is_not_there(tiny_model, records, tmp_path):
    with pytest.raises(RecordsError, match="expected an inspection"):
        run_over(tiny_model, records, "0" * 32, photos(tmp_path / "wall", [0]))


# Memory


def test_looking_ahead_is_bounded(tiny_model, records, inspection, tmp_path, monkeypatch):
    """While the first photo's answer is waited for, so many are prepared and no more; no decoded pixels are kept."""
    read, let, begun = threading.Event(), threading.Event(), []
    whole = photo_source.read_file

    def counted(path, name):
        begun.append(name)
        return whole(path, name)

    monkeypatch.setattr(photo_source, "read_file", counted)
    run = run_over(tiny_model, records, inspection, photos(tmp_path / "wall", range(40)))
    held = type(run._question).answers

    def slow(self, prepared, asked):
        read.set()
        assert let.wait(60)
        assert all(each.picture.nbytes == 150 * 150 * 3 for each in prepared)
        return held(self, prepared, asked)

    monkeypatch.setattr(type(run._question), "answers", slow)
    thread = threading.Thread(target=run.advance)
    thread.start()
    assert read.wait(60)
    for _ in range(20):
        assert len(begun) <= run._question.ahead
        let.wait(0.02)
    let.set()
    thread.join(60)
    assert len(begun) == 40
    assert decodes.taken == 0
    run.close()


# Maps


def test_the_worst_are_explained_once(tiny_model, records, inspection, tmp_path, asked):
    folder = photos(tmp_path / "wall", range(6))
    run = run_over(tiny_model, records, inspection, folder, explain_worst=2)
    assert run.total == 6 + 2 * MAP_SHARE
    result = finished(run)
    assert (result.maps, result.known_maps, result.unmapped) == (2, 0, ())
    worst = sorted(records.judgements(inspection), key=lambda row: -row.said.probability)[:2]
    maps = records.explanations(inspection)
    assert [row.said.judgement for row in maps] == [row.number for row in worst]
    for row in maps:
        assert row.said.record["settings"] == run.settings.maps.as_dict()
        assert row.said.record["settings"]["max_evals"] == 200
        assert row.said.record["settings"]["regions"] == "picture"
        assert (
            row.said.record["verdict"]["kind"] == next(each for each in worst if each.sha256 == row.sha256).said.verdict
        )
        assert row.said.channel_values.shape == (150, 150, 3)
    before = list(asked)
    result = finished(run_over(tiny_model, records, inspection, folder, explain_worst=3))
    assert (result.maps, result.known_maps) == (1, 2)
    assert sum(asked) > sum(before) + 100
    before, head = list(asked), records.covered(inspection)
    assert finished(run_over(tiny_model, records, inspection, folder, explain_worst=3)).known_maps == 3
    assert (asked, records.covered(inspection)) == (before, head)


def test_of_a_scan_the_window_of_the_best_finding_is_explained(tiny_model, records, inspection, tmp_path):
    folder = tmp_path / "wall"
    folder.mkdir()
    for number in (0, 2):
        (folder / f"{number}.png").write_bytes(drawn(number, 600))
    settings = {"scan": ScanSettings(), "explain_worst": 1}
    assert finished(run_over(tiny_model, records, inspection, folder, **settings)).maps == 1
    (row,) = records.explanations(inspection)
    judgement = next(each for each in records.judgements(inspection) if each.number == row.said.judgement)
    assert row.said.record["photo"]["box"] == judgement.said.findings[0]["tile"]
    assert finished(run_over(tiny_model, records, inspection, folder, **settings)).known_maps == 1


def test_a_map_whose_photo_is_gone_is_told(tiny_model, records, inspection, tmp_path):
    folder = photos(tmp_path / "wall", range(2))
    finished(run_over(tiny_model, records, inspection, folder))
    for path in folder.iterdir():
        path.unlink()
    other = photos(tmp_path / "other", [3])
    result = finished(run_over(tiny_model, records, inspection, other, explain_worst=3))
    assert (result.maps, len(result.unmapped)) == (1, 2)
    assert {each.why.name for each in result.unmapped} == {"original.gone"}


def test_settings_out_of_range_are_told_before_anything_is_read(tiny_model, records, inspection, tmp_path):
    from crackxai.errors import SettingsError

    with pytest.raises(SettingsError, match="threshold"):
        FolderRun(
            tiny_model,
            open_source(photos(tmp_path / "wall", [0])),
            records,
            inspection,
            FolderSettings(threshold=2.0),
        )
