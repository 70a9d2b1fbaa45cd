"""A record makes its map again, or says why it cannot."""

from __future__ import annotations

import json

import pytest

from crackxai import Cancelled, ExplainSettings, SettingsError, explain
from crackxai.explain.explainer import Explainer
from crackxai.explain.verify import verify


@pytest.fixture(scope="module")
def record(tiny_model, photo) -> dict:
    return json.loads(explain(tiny_model, photo, ExplainSettings("blur", 9, max_evals=120, seed=4)).to_json())


def test_the_same_again(tiny_model, photo, record):
    found = verify(record, tiny_model, photo)
    assert found.identical
    assert found.same
    assert found.largest_difference < 1e-6  # the record's cells are rounded
    assert found.differences == ()


def test_a_run_that_was_stopped_is_made_again_as_far_as_it_went(tiny_model, photo):
    def stop(evaluations, total):
        if evaluations >= 70:
            raise Cancelled("enough")

    run = Explainer(tiny_model, photo, ExplainSettings("mean", max_evals=1000))
    with pytest.raises(Cancelled):
        run.advance(progress=stop)
    asked = []
    found = verify(
        run.explanation().to_record(), tiny_model, photo, lambda evaluations, total: asked.append(evaluations)
    )
    assert found.identical
    assert asked[-1] == run.evaluations < 200


def test_other_values_are_told(tiny_model, photo, record):
    forged = json.loads(json.dumps(record))
    forged["cell_sums"][7][7] += 0.01
    forged["values_sha256"] = "0" * 64
    found = verify(forged, tiny_model, photo)
    assert not found.identical
    assert not found.same
    assert found.largest_difference == pytest.approx(0.01, rel=1e-3)


def test_rounding_is_the_same_but_not_identical(tiny_model, photo, record):
    rounded = record | {"probability": record["probability"] + 1e-6, "values_sha256": "0" * 64}
    found = verify(rounded, tiny_model, photo)
    assert found.same
    assert not found.identical


def test_other_versions_are_named(tiny_model, photo, record):
    old = record | {"versions": record["versions"] | {"opencv": "4.9.0"}}
    (difference,) = verify(old, tiny_model, photo).differences
    assert difference.startswith("opencv: 4.9.0 -> ")


def test_another_photo_or_model(tiny_model, other_photo, photo, record):
    with pytest.raises(SettingsError, match="expected the photo"):
        verify(record, tiny_model, other_photo)
    with pytest.raises(SettingsError, match="expected the model ff"):
        verify(record | {"model": record["model"] | {"fingerprint": "ff"}}, tiny_model, photo)


@pytest.mark.parametrize("broken", [{}, {"settings": {"masker": "fog"}}, {"cell_sums": "none"}, {"evaluations": None}])
def test_no_such_record(tiny_model, photo, record, broken):
    with pytest.raises(SettingsError, match="record"):
        verify(record | broken if broken else {}, tiny_model, photo)
