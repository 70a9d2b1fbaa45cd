"""What an explanation holds, and what its files hold."""

from __future__ import annotations

import dataclasses
import io
import json

import numpy as np
import pytest

from crackxai import Box, ExplainSettings, ModelError, Verdict


def test_channels_are_added(explanation):
    expected = np.zeros((4, 6))
    expected[1, 2], expected[3, 5] = 0.4375, -0.09375
    np.testing.assert_array_equal(explanation.values, expected)
    assert explanation.values.dtype == np.float32


def test_frozen(explanation):
    with pytest.raises(dataclasses.FrozenInstanceError):
        explanation.base_value = 0.0


def test_the_record_holds_all_that_is_needed_to_make_it_again(explanation):
    record = json.loads(explanation.to_json())
    assert record == explanation.to_record()
    assert ExplainSettings(**record["settings"]) == explanation.settings
    assert record["photo"] == {"name": "Mauer – Süd.jpg", "sha256": "ab" * 32}
    assert record["model"]["fingerprint"] == "cd" * 32
    assert record["model"]["input_size"] == [4, 6]
    assert record["versions"] == {"shap": "0.51.0"}
    assert record["base_value"] + record["sum_of_values"] == record["probability"]
    assert "Süd" in explanation.to_json()


def test_the_archive_reads_without_pickle(explanation):
    with np.load(io.BytesIO(explanation.to_npz()), allow_pickle=False) as archive:
        np.testing.assert_array_equal(archive["values"], explanation.values)
        np.testing.assert_array_equal(archive["channel_values"], explanation.channel_values)
        np.testing.assert_array_equal(archive["picture"], explanation.picture)
        assert (float(archive["base_value"]), float(archive["probability"])) == (0.125, 0.46875)
        assert json.loads(str(archive["record"])) == explanation.to_record()


def test_shap_draws_it(explanation):
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt
    import shap

    theirs = explanation.to_shap()
    assert isinstance(theirs, shap.Explanation)
    assert theirs.values.shape == (1, 4, 6, 3, 1)
    assert theirs.base_values.shape == (1, 1)
    assert theirs.data.shape == (1, 4, 6, 3)
    assert theirs.output_names == ["Positive(crack)"]
    assert theirs[0].values.shape == (4, 6, 3, 1)
    shap.image_plot(theirs, show=False)
    drawn = [image for axes in plt.gcf().axes for image in axes.get_images()]
    assert any(
        np.allclose(image.get_array(), explanation.values) for image in drawn if image.get_array().shape == (4, 6)
    )
    plt.close("all")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("name", ["channel_values", "base_value", "probability"])
def test_what_is_not_finite_is_no_explanation(explanation, name, value):
    if name == "channel_values":
        wrong = explanation.channel_values.copy()
        wrong[2, 3, 1] = value
    else:
        wrong = value
    with pytest.raises(ModelError, match="expected a finite probability"):
        dataclasses.replace(explanation, **{name: wrong})


def test_no_invalid_json_is_written(explanation):
    """Whatever finds its way into a record: NaN is no JSON."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        dataclasses.replace(explanation, seconds=float("nan")).to_json()


def test_the_record_of_a_window_tells_where_it_lies(explanation):
    window = dataclasses.replace(explanation, photo_box=Box(10, 20, 30, 50), photo_scale=0.5)
    assert window.to_record()["photo"] == {
        "name": "Mauer – Süd.jpg", "sha256": "ab" * 32, "scale": 0.5,
        "box": {"top": 10, "bottom": 20, "left": 30, "right": 50},
    }  # fmt: skip


def test_the_record_tells_what_computed_it(explanation):
    made = dataclasses.replace(explanation, precision="fast", computed_in="float32", processor="Zilog Z80")
    model = made.to_record()["model"]
    assert (model["precision"], model["computed_in"], model["processor"]) == ("fast", "float32", "Zilog Z80")
    assert "processor" not in explanation.to_record()["model"]


def test_the_record_tells_the_verdict(explanation):
    verdict = Verdict(0.46875, 0.5, 0.01)
    record = json.loads(dataclasses.replace(explanation, verdict=verdict).to_json())
    assert record["verdict"] == {
        "kind": "no-crack", "probability": 0.46875, "threshold": 0.5, "band": 0.01, "doubts": [],
    }  # fmt: skip
    assert "verdict" not in explanation.to_record()
