"""Every wrong setting is refused with its range."""

from __future__ import annotations

import numpy as np
import pytest

from crackxai import ExplainSettings, SettingsError
from crackxai.explain.settings import BATCH_SIZE_RANGE, BLUR_KERNEL_RANGE, MAX_EVALS_RANGE, SEED_RANGE

RANGES = {
    "blur_kernel": BLUR_KERNEL_RANGE,
    "max_evals": MAX_EVALS_RANGE,
    "batch_size": BATCH_SIZE_RANGE,
    "seed": SEED_RANGE,
}


def test_defaults_are_the_notebooks():
    assert ExplainSettings().as_dict() == {
        "masker": "inpaint_telea", "blur_kernel": 15, "max_evals": 500, "batch_size": 50, "seed": 0,
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
