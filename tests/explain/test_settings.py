"""Every wrong setting is refused with its range."""

from __future__ import annotations

import numpy as np
import pytest

from crackxai import ExplainSettings, SettingsError
from crackxai.explain.parameters import parameters_of

RANGES = {each.name: (each.low, each.high) for each in parameters_of(ExplainSettings)}


def test_ranges():
    assert RANGES == {
        "blur_kernel": (2, 150), "max_evals": (50, 20_000), "batch_size": (2, 1000), "seed": (0, 2**32 - 1),
    }  # fmt: skip


def test_defaults_are_the_notebooks():
    assert ExplainSettings().as_dict() == {
        "masker": "inpaint_telea", "blur_kernel": 15, "max_evals": 500, "batch_size": 50, "seed": 0,
        "regions": "grid",
    }  # fmt: skip


@pytest.mark.parametrize("name", RANGES)
def test_both_ends_of_a_range_are_in_it(name):
    low, high = RANGES[name]
    assert getattr(ExplainSettings(**{name: low}), name) == low
    assert getattr(ExplainSettings(**{name: high}), name) == high


@pytest.mark.parametrize("name", RANGES)
def test_beyond_the_range(name):
    low, high = RANGES[name]
    for value in (low - 1, high + 1, -1, low + 0.5, float("nan"), str(low), None, True):
        with pytest.raises(SettingsError, match=f"{name} .* {low} to {high}, received"):
            ExplainSettings(**{name: value})


@pytest.mark.parametrize("masker", ["telea", "", None, "blur(15,15)"])
def test_unknown_maskers(masker):
    with pytest.raises(SettingsError, match="inpaint_telea, inpaint_ns, blur, mean, received"):
        ExplainSettings(masker=masker)


def test_numpy_integers_become_plain_ones():
    settings = ExplainSettings(max_evals=np.int64(100))
    assert type(settings.max_evals) is int
    assert settings == ExplainSettings(max_evals=100)
    assert hash(settings) == hash(ExplainSettings(max_evals=100))


def test_settings_errors_are_value_errors_too():
    with pytest.raises(ValueError):
        ExplainSettings(max_evals=0)
