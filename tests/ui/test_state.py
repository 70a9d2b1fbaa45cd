"""How runs are told apart."""

from __future__ import annotations

import numpy as np

from crackxai import Box, ExplainSettings, Photo
from crackxai.ui.state import RunKey


def test_runs_are_told_apart_by_all_that_shapes_them(tiny_model, photo, other_photo):
    def key(photo, **settings):
        return RunKey.of(tiny_model, photo, ExplainSettings(**settings))

    keys = [
        key(photo),
        key(other_photo),
        key(photo, masker="mean"),
        key(photo, masker="blur", blur_kernel=9),
        key(photo, masker="blur", blur_kernel=11),
    ]
    assert len(set(keys)) == len(keys)
    # Not by the budget, nor by a kernel that no other masker looks at.
    assert key(photo, max_evals=1000) == key(photo, max_evals=500, blur_kernel=99)


def test_two_windows_of_a_file_never_share_a_run(tiny_model):
    photo = Photo(np.zeros((40, 60, 3), np.uint8), "wall.jpg", "ab", (60, 40), "PNG")
    keys = {
        RunKey.of(tiny_model, part, ExplainSettings())
        for part in (photo, photo.window(Box(0, 9, 0, 9)), photo.window(Box(1, 10, 0, 9)))
    }
    assert len(keys) == 3
