"""Explanations equal shap's own, photo by photo, and stop when asked to."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from crackxai import Cancelled, CrackModel, ExplainSettings, ModelError, explain
from crackxai.explain.settings import MASKERS
from tests.conftest import tiny_net


def notebook(model, photo, settings: ExplainSettings):
    """The notebook's explanation step, written out."""
    import shap

    x = model.prepare(photo).astype("float32")[None]

    def f(batch):
        return model.predict(batch.copy())[:, None]

    name = {"blur": f"blur({settings.blur_kernel},{settings.blur_kernel})"}.get(settings.masker, settings.masker)
    np.random.seed(settings.seed)
    explainer = shap.Explainer(f, shap.maskers.Image(name, x[0].shape), output_names=["Positive(crack)"])
    return explainer(
        x,
        max_evals=settings.max_evals,
        batch_size=settings.batch_size,
        outputs=shap.Explanation.argsort.flip[:1],
        silent=True,
    )


@pytest.mark.parametrize("masker", MASKERS)
@pytest.mark.parametrize(("max_evals", "batch_size", "seed"), [(120, 50, 0), (60, 7, 11)])
def test_equal_to_the_notebook(tiny_model, photo, masker, max_evals, batch_size, seed):
    settings = ExplainSettings(masker, blur_kernel=9, max_evals=max_evals, batch_size=batch_size, seed=seed)
    theirs = notebook(tiny_model, photo, settings)
    ours = explain(tiny_model, photo, settings)
    np.testing.assert_array_equal(ours.channel_values, theirs.values[0, ..., 0].astype(np.float32))
    assert ours.base_value == float(theirs.base_values[0, 0])
    assert np.abs(ours.values).max() > 0
    np.testing.assert_array_equal(ours.to_shap().values, theirs.values.astype(np.float32))
    np.testing.assert_array_equal(ours.to_shap().data, theirs.data)
    assert ours.to_shap().output_names == theirs.output_names


def test_below_single_pixels_channels_differ(tiny_model, photo):
    picture = np.full((6, 6, 3), 100, dtype=np.uint8)
    picture[2, 3] = (250, 0, 0)

    class RedOfOnePixel:
        input_size, precision, device, fingerprint, card = (6, 6), "exact", "CPU", "", tiny_model.card

        def prepare(self, photo):
            return picture

        def predict(self, images):
            return images[:, 2, 3, 0].astype(np.float32) / 255

    settings = ExplainSettings("blur", blur_kernel=5, max_evals=2000)
    ours, theirs = (method(RedOfOnePixel(), photo, settings) for method in (explain, notebook))
    np.testing.assert_array_equal(ours.channel_values, theirs.values[0, ..., 0].astype(np.float32))
    red, green, blue = ours.channel_values[2, 3]
    assert red > 0.1 > abs(green)
    assert green == pytest.approx(blue, abs=1e-6)


def test_values_sum_to_the_difference_and_evaluations_are_counted(tiny_model, photo):
    calls = []
    result = explain(tiny_model, photo, ExplainSettings(max_evals=100), lambda done, total: calls.append((done, total)))
    assert result.base_value + float(result.values.sum(dtype=float)) == pytest.approx(result.probability, abs=1e-5)
    assert result.probability == pytest.approx(float(tiny_model.predict(tiny_model.prepare(photo)[None])[0]), abs=1e-5)
    assert calls[0] == (0, 100)
    assert [done for done, _ in calls] == sorted(done for done, _ in calls)
    assert calls[-1][0] == result.evaluations
    assert 90 <= result.evaluations <= 110
    assert result.seconds > 0


def test_the_record_names_photo_model_and_versions(tiny_model, photo):
    import cv2

    result = explain(tiny_model, photo, ExplainSettings(max_evals=50))
    assert result.photo_sha256 == photo.sha256
    assert result.model_fingerprint == tiny_model.fingerprint
    assert result.versions["opencv"] == cv2.__version__
    assert {"crackxai", "python", "shap", "numpy", "keras", "tensorflow"} <= set(result.versions)


@pytest.mark.parametrize("masker", MASKERS)
def test_photos_do_not_mix(tiny_model, photo, other_photo, masker):
    settings = ExplainSettings(masker, max_evals=50)
    alone = explain(tiny_model, photo, settings)
    explain(tiny_model, other_photo, settings)
    again = explain(tiny_model, photo, settings)
    np.testing.assert_array_equal(again.channel_values, alone.channel_values)


def test_threads_get_what_they_would_get_alone(tiny_model, photo, other_photo):
    settings = ExplainSettings("blur", max_evals=60)
    alone = [explain(tiny_model, p, settings) for p in (photo, other_photo)]
    together: dict[int, np.ndarray] = {}

    def run(i, p):
        together[i] = explain(tiny_model, p, settings).channel_values

    threads = [threading.Thread(target=run, args=item) for item in enumerate((photo, other_photo))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for i in range(2):
        np.testing.assert_array_equal(together[i], alone[i].channel_values)


def test_numpys_global_generator_is_left_as_it_was(tiny_model, photo):
    np.random.seed(5)
    expected = np.random.random(3)
    np.random.seed(5)
    explain(tiny_model, photo, ExplainSettings(max_evals=50))
    np.testing.assert_array_equal(np.random.random(3), expected)


@pytest.mark.parametrize("at", [0, 20])
def test_cancelling_stops_within_a_batch(tiny_model, photo, at):
    calls = []

    def progress(evaluations, total):
        calls.append(evaluations)
        if evaluations >= at:
            raise Cancelled("enough")

    with pytest.raises(Cancelled, match="enough"):
        explain(tiny_model, photo, ExplainSettings(max_evals=500), progress)
    assert calls[-1] <= at + 50
    assert all(done < at for done in calls[:-1])


def test_a_model_that_gives_no_numbers(make_card, photo):
    net = tiny_net()
    net.get_layer("crack").bias.assign([np.nan])
    with pytest.raises(ModelError, match="finite"):
        explain(CrackModel(net, make_card()), photo, ExplainSettings(max_evals=50))
