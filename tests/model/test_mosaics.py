"""Large sound photos, laid out of small ones."""

from __future__ import annotations

import numpy as np
import pytest

from crackxai import DataError, read_photo
from crackxai.cli import FAILED, OK, main
from crackxai.model.mosaics import mosaic, mosaics
from crackxai.model.origins import OriginPart, OriginPhoto, find_origins, read_part
from tests.model.test_origins import write_photos


def flat(value: int, height: int = 20, width: int = 30) -> np.ndarray:
    return np.full((height, width, 3), value, np.uint8)


def test_pictures_lie_side_by_side_and_fade_into_each_other():
    """Squares of 20, of which 3 fade: one begins every 17 pixels."""
    rng = np.random.default_rng(0)
    out = mosaic([flat(0), flat(200)], 71, 105, rng)
    assert out.shape == (71, 105, 3)
    middles = out[8::17, 8::17, 0]
    assert set(middles.ravel().tolist()) == {0, 200}
    assert (out.reshape(-1, 3).min(axis=1) == out.reshape(-1, 3).max(axis=1)).all()
    # From 0 to 200 in steps of a third of the way over the three pixels that both cover.
    assert np.abs(np.diff(out[:, :, 0].astype(int), axis=1)).max() <= 134
    assert np.abs(np.diff(out[:, :, 0].astype(int), axis=1)).max() > 0


def test_one_picture_of_one_colour_stays_that():
    assert (mosaic([flat(77)], 50, 41, np.random.default_rng(0)) == 77).all()


def test_mosaics_have_the_asked_size_and_depend_on_seed_and_number():
    photos = tuple(OriginPhoto(flat(value), 0, None, None) for value in range(0, 250, 10))
    part = OriginPart("walls", photos)
    first, second = mosaics(part, 2, 0.03)
    assert first.shape == (150, 200, 3)
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(second, list(mosaics(part, 2, 0.03))[1])
    assert not np.array_equal(first, next(mosaics(part, 1, 0.03, seed=1)))


def test_cracked_photos_are_not_used():
    cracked, sound = OriginPhoto(flat(200), 1, None, None), OriginPhoto(flat(50), 0, None, None)
    assert (next(mosaics(OriginPart("walls", (sound, cracked)), 1, 0.01)) == 50).all()
    with pytest.raises(DataError, match="sound photos in walls"):
        next(mosaics(OriginPart("walls", (cracked,)), 1, 0.01))


def test_they_are_written_as_an_origin(tmp_path, capsys):
    write_photos(tmp_path / "walls", 1, 3)
    command = ["mosaics", str(tmp_path / "walls"), "--out", str(tmp_path / "large"), "--count", "2"]
    assert main([*command, "--megapixels", "0.05"]) == OK
    assert str(tmp_path / "large") in capsys.readouterr().out
    (origin,) = find_origins([tmp_path / "large"])
    part = read_part(origin.name, origin.folder)
    assert [(photo.label, photo.rgb.shape) for photo in part.photos] == [(0, (194, 259, 3))] * 2
    assert read_photo(part.photos[0].path).name == "mosaic-walls-0-001.jpg"
    assert main(command) == FAILED  # nothing is written over
    assert "large" in capsys.readouterr().err
    for wrong in ("0", "1000", "nan", "many"):
        with pytest.raises(SystemExit):
            main([*command, "--megapixels", wrong])
        assert f"expected 0.01 to 100 megapixels, received {wrong}" in capsys.readouterr().err
