"""A record makes its map again, or it is told what of it is not so, or why that cannot be told."""

from __future__ import annotations

import dataclasses
import json
from types import SimpleNamespace

import pytest

from crackxai import Cancelled, ExplainSettings, SettingsError, explain, judge
from crackxai.explain.explainer import Explainer
from crackxai.explain.faithfulness import FaithfulnessSettings, FaithfulnessTest
from crackxai.explain.maskers import MaskerSettings
from crackxai.explain.methods import METHODS
from crackxai.explain.record import read_record
from crackxai.explain.truth import at_network_size, localisation
from crackxai.explain.verify import Outcome, verify
from crackxai.photo import Box
from tests import tiny
from tests.explain.test_record import changed


@pytest.fixture(scope="module")
def record(tiny_model, photo) -> dict:
    result = explain(tiny_model, photo, ExplainSettings("blur", 9, max_evals=60, seed=4))
    return json.loads(dataclasses.replace(result, verdict=judge(tiny_model, photo)).to_json())


def other_hash(record: dict) -> dict:
    return record | {"values_sha256": "0" * 64}


def test_the_same_again(tiny_model, photo, record):
    found = verify(record, tiny_model, photo)
    assert found.outcome is Outcome.IDENTICAL
    assert found.succeeded
    assert found.largest_difference < 1e-6  # the record's cells are rounded
    assert found.differences == ()
    assert [note for note in found.notes if "recorded on" not in note] == []
    assert str(found).startswith("identical: ")


def test_from_its_file(tiny_model, photo, record, tmp_path):
    path = tmp_path / "wall.json"
    path.write_text(json.dumps(record), "utf-8-sig")
    assert verify(read_record(path), tiny_model, photo).outcome is Outcome.IDENTICAL


FORGED = [
    ("probability", 0.9), ("base_value", 0.123), ("sum_of_values", 0.5), ("evaluations", 58),
    ("output", "Negative"), ("model.name", "Certified model"), ("model.input_size", [151, 150]),
    ("photo.scale", 0.5), ("settings.masker", "mean"), ("settings.blur_kernel", 15),
    ("settings.batch_size", 20), ("verdict.kind", "no such kind"), ("verdict.probability", 0.3),
    ("verdict.doubts", [{"kind": "dark", "measured": 3.0, "limit": 60, "words": "Too dark."}]),
    ("cell_sums", [[0.0] * 8] * 7),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value"), FORGED, ids=[path for path, _ in FORGED])
def test_what_was_forged_is_named(tiny_model, photo, record, path, value):
    """One judgement: text, outcome and status never disagree, whatever entry it is."""
    found = verify(changed(record, path, value), tiny_model, photo)
    assert found.outcome is Outcome.DIFFERENT
    assert not found.succeeded
    assert not found.identical
    assert str(found).startswith("different: ")
    if not path.startswith(("settings", "evaluations")):
        (sentence,) = found.differences
        assert sentence.startswith(f"{path}: ")
        assert "made again" in sentence
    else:  # another map is made from them
        assert any(sentence.startswith("cell_sums: row") for sentence in found.differences)


@pytest.mark.parametrize("size", [0.01, 1e-6])
def test_a_forged_cell_is_found_however_small_the_change(tiny_model, photo, record, size):
    cells = json.loads(json.dumps(record["cell_sums"]))
    cells[7][6] += size
    found = verify(record | {"cell_sums": cells}, tiny_model, photo)
    assert found.outcome is Outcome.DIFFERENT
    (sentence,) = found.differences
    assert sentence.startswith("cell_sums: row 8, column 7, of 1 that differ: recorded ")
    assert found.largest_difference == pytest.approx(size, rel=0.5)


def test_a_forged_probability_with_a_forged_hash(tiny_model, photo, record):
    found = verify(other_hash(record) | {"probability": 0.9}, tiny_model, photo)
    assert found.outcome is Outcome.DIFFERENT
    assert [sentence.partition(":")[0] for sentence in found.differences] == ["probability", "values_sha256"]


def test_a_forged_hash_alone(tiny_model, photo, record):
    """Where the sum is the same to its last digit, so is the map: no rounding gave another hash."""
    found = verify(other_hash(record), tiny_model, photo)
    assert found.outcome is Outcome.DIFFERENT
    assert found.differences[0].startswith("values_sha256: recorded '0000")


def test_whose_threshold_a_verdict_rests_on_is_told(tiny_model, photo, record):
    other = explain(tiny_model, photo, ExplainSettings("blur", 9, max_evals=60, seed=4))
    judged = dataclasses.replace(other, verdict=judge(tiny_model, photo, 0.6, 0.1)).to_record()
    found = verify(judged, tiny_model, photo)
    assert found.outcome is Outcome.IDENTICAL
    assert "a threshold of 0.6; the model's own is 0.45" in str(found)
    assert "a review band of 0.1; the model's own is 0.4" in str(found)


def test_rounding_is_the_same_but_not_identical(tiny_model, photo, record):
    off = {name: record[name] + 1e-6 for name in ("probability", "sum_of_values")}
    rounded = other_hash(record) | off
    found = verify(rounded, tiny_model, photo)
    assert found.outcome is Outcome.SAME
    assert found.succeeded
    assert not found.identical
    assert any(note.startswith("values_sha256: recorded 0000") for note in found.notes)
    # With the map's own hash, it is no rounding.
    assert verify(rounded | {"values_sha256": record["values_sha256"]}, tiny_model, photo).outcome is Outcome.DIFFERENT


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("versions.opencv", "4.9.0", "recorded with another version: opencv: 4.9.0 -> "),
        ("versions.abacus", "1", "recorded with another version: abacus: 1 -> none"),
        ("photo.name", "copy.png", "called 'copy.png'"),
        ("photo.name", "\x1b[2J", r"called '\x1b[2J'"),
        ("model.processor", "Zilog Z80", "recorded on Zilog Z80"),
        ("approved_by", "nobody", "not compared, since no such entry is made again: approved_by"),
    ],
)
def test_what_does_not_count_is_told(tiny_model, photo, record, path, value, told):
    found = verify(changed(record, path, value), tiny_model, photo)
    assert found.outcome is Outcome.IDENTICAL
    assert told in str(found)


def test_no_entry_hides_behind_a_name_with_a_dot(tiny_model, photo, record):
    forged = changed(record, "verdict.kind", "sound") | {"verdict.kind": record["verdict"]["kind"]}
    assert verify(forged, tiny_model, photo).outcome is Outcome.DIFFERENT


def test_older_records_tell_less(tiny_model, photo, record):
    old = changed(changed(record, "verdict", ...), "model.processor", ...)
    assert verify(changed(old, "model.computed_in", ...), tiny_model, photo).outcome is Outcome.IDENTICAL


@pytest.mark.parametrize("stop_at", [2, 10, 50])
def test_a_run_that_was_stopped_is_made_again_as_far_as_it_went(tiny_model, photo, stop_at):
    def stop(evaluations, total):
        if evaluations >= stop_at:
            raise Cancelled("enough")

    run = Explainer(tiny_model, photo, ExplainSettings("mean", max_evals=1000))
    with pytest.raises(Cancelled):
        run.advance(progress=stop)
    asked = []
    record = json.loads(run.explanation().to_json())
    found = verify(record, tiny_model, photo, lambda evaluations, total: asked.append((evaluations, total)))
    assert found.outcome is Outcome.IDENTICAL
    assert asked[-1] == (run.evaluations, run.evaluations)
    assert f"stopped at {run.evaluations} of the 1000" in str(found)


def test_it_can_be_cancelled(tiny_model, photo, record):
    def stop(evaluations, total):
        raise Cancelled("enough")

    with pytest.raises(Cancelled, match="enough"):
        verify(record, tiny_model, photo, stop)


@pytest.mark.parametrize("budget", [50, 51, 59, 60])
def test_a_smaller_budget_that_was_read_back(tiny_model, photo, budget):
    run = Explainer(tiny_model, photo, ExplainSettings("mean", max_evals=60))
    run.advance()
    assert verify(run.explanation(budget).to_record(), tiny_model, photo).outcome is Outcome.IDENTICAL


def test_a_window_is_cut_again(tiny_model, photo):
    window = photo.window(Box(100, 400, 50, 350))
    result = explain(tiny_model, window, ExplainSettings("mean", max_evals=50))
    record = json.loads(result.to_json())
    assert record["photo"]["box"] == {"top": 100, "bottom": 400, "left": 50, "right": 350}
    assert verify(record, tiny_model, photo).outcome is Outcome.IDENTICAL
    assert verify(record, tiny_model, window).outcome is Outcome.IDENTICAL
    elsewhere = changed(record, "photo.box.left", 51)
    assert verify(elsewhere, tiny_model, photo).outcome is Outcome.DIFFERENT
    assert verify(changed(record, "photo.box", ...), tiny_model, photo).outcome is Outcome.DIFFERENT
    with pytest.raises(SettingsError, match="within 480 x 480"):
        verify(changed(record, "photo.box.right", 481), tiny_model, photo)


def test_another_photo_or_model(tiny_model, other_photo, photo, record):
    with pytest.raises(SettingsError, match="expected the photo"):
        verify(record, tiny_model, other_photo)
    with pytest.raises(SettingsError, match="expected the model ff"):
        verify(changed(record, "model.fingerprint", "ff"), tiny_model, photo)


class Computed:
    """The tiny model, as if it computed in a number format, a little off."""

    def __init__(self, model, precision, computed_in, processor, off=0.0):
        self.__dict__.update({name: getattr(model, name) for name in (
            "input_size", "card", "fingerprint", "versions", "leaves_cores_idle", "prepare",
        )})  # fmt: skip
        self.precision, self.computed_in, self.processor = precision, computed_in, processor
        self.device, self._off, self._model = f"CPU, openvino in {computed_in}", off, model

    def predict(self, images):
        return self._model.predict(images) * (1 - self._off)


def test_fast_that_fell_back_is_verified_by_exact(tiny_model, photo):
    old = Computed(tiny_model, "fast", "float32", "Old processor")
    record = json.loads(explain(old, photo, ExplainSettings("mean", max_evals=50)).to_json())
    assert record["model"]["computed_in"] == "float32"
    assert record["model"]["processor"] == "Old processor"
    new = Computed(tiny_model, read_record(json.dumps(record).encode()).load_precision, "float32", "New processor")
    assert new.precision == "exact"
    found = verify(record, new, photo)
    assert found.outcome is Outcome.IDENTICAL
    assert "recorded on Old processor (CPU, openvino in float32), made again on New processor" in str(found)
    assert "'fast' on a processor without bfloat16" in str(found)


def test_another_number_format_is_no_forgery_and_no_proof(tiny_model, photo):
    new = Computed(tiny_model, "fast", "bfloat16", "New processor", off=0.01)
    record = json.loads(explain(new, photo, ExplainSettings("mean", max_evals=50)).to_json())
    found = verify(record, Computed(tiny_model, "fast", "float32", "Old processor"), photo)
    assert found.outcome is Outcome.UNDECIDED
    assert not found.succeeded
    assert str(found).startswith("undecided: ")
    assert "recorded in bfloat16, made again in float32" in str(found)
    forged = verify(record | {"output": "x"}, Computed(tiny_model, "fast", "float32", "Old processor"), photo)
    assert forged.outcome is Outcome.DIFFERENT


def test_the_precision_that_is_to_be_given(tiny_model, photo, record):
    with pytest.raises(SettingsError, match="expected the precision exact, received fast"):
        verify(record, Computed(tiny_model, "fast", "bfloat16", "x"), photo)


def test_only_methods_that_are_registered(tiny_model, photo, record, monkeypatch):
    monkeypatch.setitem(METHODS, "tea", SimpleNamespace(settings=SimpleNamespace(title="tea", __name__="Tea")))
    with pytest.raises(SettingsError, match="received 'coffee'"):
        verify(record | {"method": "coffee"}, tiny_model, photo)


@pytest.fixture(scope="module")
def tested(tiny_model, photo) -> dict:
    """A record with a test, which was stopped, and with a place on a mask."""
    result = explain(tiny_model, photo, ExplainSettings("blur", 31, max_evals=200))
    test = FaithfulnessTest(tiny_model, result, FaithfulnessSettings(MaskerSettings("blur", 9), orders=3, seed=1))
    test.advance(100)
    where = localisation(result.values, at_network_size(CRACK, photo, tiny_model.input_size), 3)
    return json.loads(dataclasses.replace(result, faithfulness=test.result(), localisation=where).to_json())


CRACK = tiny.samples()[0].mask


def test_a_test_of_the_map_is_done_again(tiny_model, photo, tested):
    done = []
    found = verify(tested, tiny_model, photo, lambda evaluations, total: done.append((evaluations, total)), CRACK)
    assert found.outcome is Outcome.IDENTICAL
    assert [note for note in found.notes if "recorded on" not in note] == []
    assert done[-1] == (200 + tested["faithfulness"]["evaluations"],) * 2
    without = verify(tested, tiny_model, photo)
    assert without.outcome is Outcome.IDENTICAL
    assert any("not compared" in note and "localisation.mass" in note for note in without.notes)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("faithfulness.tenth.after", 0.01), ("faithfulness.tenth.random", [0.9, 0.9]),
        ("faithfulness.leans_to", "sound"), ("faithfulness.own_fill.deletion.area", 0.1),
        ("faithfulness.own_fill.deletion.probabilities", [1.0]), ("faithfulness.own_fill.masker", "mean"),
        ("localisation.mass", 0.9), ("localisation.pointing", None),
    ],
)  # fmt: skip
def test_a_forged_test_is_found(tiny_model, photo, tested, path, value):
    found = verify(changed(tested, path, value), tiny_model, photo, truth=CRACK)
    assert found.outcome is Outcome.DIFFERENT
    assert [sentence.partition(":")[0] for sentence in found.differences] == [path]


def test_of_a_map_with_other_last_digits_the_test_is_not_compared(tiny_model, photo, tested):
    other = tested | {"values_sha256": "0" * 64, "sum_of_values": tested["sum_of_values"] + 1e-6}
    found = verify(changed(other, "faithfulness.tenth.after", 0.01), tiny_model, photo, truth=CRACK)
    assert found.outcome is Outcome.SAME
    assert any("in its last digits: faithfulness, localisation" in note for note in found.notes)
