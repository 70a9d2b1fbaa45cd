"""What an explanation holds, and what its files hold."""

from __future__ import annotations

import dataclasses
import io
import json

import numpy as np
import pytest

from crackxai import ExplainSettings


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
