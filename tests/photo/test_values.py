"""What white is in pictures of more than 8 bits, and of fractions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from crackxai import PhotoError, read_photo
from crackxai.photo.values import WHITES
from tests.photo.test_reading import png_16_bit_rgb
from tests.photo.tiffs import one, page, tiff

HEIGHT, WIDTH = 40, 60


def wall(highest: float = 0.8) -> np.ndarray:
    """(H, W, 3) of 0-1: a light wall with a dark crack, so that no value is white."""
    rng = np.random.default_rng(0)
    light = rng.uniform(0.9 * highest, highest, (HEIGHT, WIDTH, 3))
    light[0, 0], light[:, 30] = highest, 0.1 * highest
    return light


def expected(highest: float = 0.8) -> np.ndarray:
    return wall(highest) * 255


def notes(photo) -> str:
    return "; ".join(photo.notes)


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
@pytest.mark.parametrize("write", [one, png_16_bit_rgb], ids=["TIFF", "PNG"])
def test_depth_in_16_bits_is_told_by_range(write, bits):
    values = np.rint(wall() * (2**bits - 1)).astype(np.uint16)
    photo = read_photo(write(values))
    np.testing.assert_allclose(photo.rgb, expected(), atol=1)
    assert f"{bits}" in notes(photo)


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("colour", [True, False])
def test_fractions_of_1(order, dtype, colour):
    values = wall().astype(dtype)
    photo = read_photo(one(values if colour else values[..., 0], order))
    np.testing.assert_allclose(photo.rgb, expected() if colour else expected()[..., :1].repeat(3, 2), atol=1)
    assert "on a scale of 0 to 1" in notes(photo)


@pytest.mark.parametrize("white", [w for w in WHITES if 1 < w < 2**17])
def test_fractions_of_a_usual_white(white):
    photo = read_photo(one((wall() * white).astype(np.float32)))
    np.testing.assert_allclose(photo.rgb, expected(), atol=1)
    assert f"0 to {white:g}," in notes(photo)


def test_fractions_may_overshoot_a_little():
    values = wall(1.0).astype(np.float32)
    values[0, 0], values[0, 1] = 1.015, -0.015
    photo = read_photo(one(values))
    assert photo.rgb[0, :2].tolist() == [[255] * 3, [0] * 3]
    np.testing.assert_allclose(photo.rgb[1:], expected(1.0)[1:], atol=1)


@pytest.mark.parametrize("bits", [10, 12, 14])
def test_packed_samples_state_their_bits(bits):
    values = np.rint(wall(0.05)[..., 0] * (2**bits - 1)).astype(np.uint16)
    digits = (values[..., None] >> np.arange(bits)[::-1]) & 1
    packed = np.packbits(digits.reshape(HEIGHT, -1).astype(np.uint8), axis=1).tobytes()
    photo = read_photo(tiff((packed, page(values, t258=("H", (bits,))))))
    np.testing.assert_allclose(photo.rgb[..., 0], expected(0.05)[..., 0], atol=1)
    assert f"reduced from {bits} to 8 bits" in photo.notes


def test_the_highest_possible_value_is_taken_from_the_file():
    values = np.rint(wall(0.03) * 65535).astype(np.uint16)  # dark: by its range alone it would be of 12 bits
    photo = read_photo(one(values, t281=("H", (65535,) * 3)))
    np.testing.assert_allclose(photo.rgb, expected(0.03), atol=1)
    percent = (wall() * 100).astype(np.float32)
    photo = read_photo(one(percent, t340=("f", (0.0,) * 3), t341=("f", (100.0,) * 3)))
    np.testing.assert_allclose(photo.rgb, expected(), atol=1)
    assert "stated as 0 to 100" in notes(photo)
    signed = (wall() * 2 - 1).astype(np.float32)
    photo = read_photo(one(signed, t340=("f", (-1.0,) * 3), t341=("f", (1.0,) * 3)))
    np.testing.assert_allclose(photo.rgb, expected(), atol=1)


def test_a_highest_value_that_occurs_states_nothing():
    values = np.rint(wall() * 4095).astype(np.uint16)
    photo = read_photo(one(values, t281=("H", (int(values.max()),) * 3)))
    np.testing.assert_allclose(photo.rgb, expected(), atol=1)


@pytest.mark.parametrize(("dtype", "bits"), [(np.int8, 7), (np.int16, 15), (np.int32, 31)])
def test_signed_numbers_have_half_as_many_values(dtype, bits):
    photo = read_photo(one(np.rint(wall() * np.iinfo(dtype).max).astype(dtype)))
    np.testing.assert_allclose(photo.rgb, expected(), atol=2)
    assert f"{bits}" in notes(photo)


def test_signed_numbers_of_fewer_bits():
    photo = read_photo(one(np.rint(wall() * 4095).astype(np.int16)))
    np.testing.assert_allclose(photo.rgb, expected(), atol=1)
    assert "read as 12 bits" in notes(photo)


def test_0_may_be_white():
    values = np.rint(wall()[..., 0] * 4095).astype(np.uint16)
    photo = read_photo(one(values, t262=("H", (0,))))
    np.testing.assert_allclose(photo.rgb[..., 0], 255 - expected()[..., 0], atol=1)


def test_channels_that_are_stored_one_behind_the_other():
    values = wall().astype(np.float32)
    data = np.ascontiguousarray(values.transpose(2, 0, 1)).tobytes()
    size = HEIGHT * WIDTH * 4
    fields = page(values, t284=("H", (2,)), t273=("I", (8, 8 + size, 8 + 2 * size)), t279=("I", (size,) * 3))
    np.testing.assert_allclose(read_photo(tiff((data, fields))).rgb, expected(), atol=1)


def test_transparent_parts_of_deep_pictures_are_put_on_white():
    alpha = np.full((HEIGHT, WIDTH, 1), 1.0)
    alpha[:20] = 0
    photo = read_photo(one(np.concatenate([wall(), alpha], axis=2).astype(np.float32)))
    assert (photo.rgb[:20] == 255).all()
    np.testing.assert_allclose(photo.rgb[20:], expected()[20:], atol=1)
    assert "transparent parts put on white" in photo.notes


def test_opaque_deep_pictures_have_nothing_put_on_white():
    values = np.concatenate([wall(), np.ones((HEIGHT, WIDTH, 1))], axis=2).astype(np.float32)
    assert "white" not in notes(read_photo(one(values)))


@pytest.mark.parametrize("mark", [1e20, -1e-3, -9999.9])
def test_stated_mark_that_single_precision_rounds(mark):
    values = wall().astype(np.float32)
    values[:4] = mark
    photo = read_photo(one(values, t42113=("s", f"{mark}\0".encode())))
    np.testing.assert_allclose(photo.rgb[4:], expected()[4:], atol=1)
    assert "10 % of its pixels hold no value" in notes(photo)


@pytest.mark.parametrize("mark", [np.nan, np.inf, -np.inf, -3.4028235e38, -9999.0, -32768.0])
def test_pixels_without_a_value_get_the_mean_colour(mark):
    values = wall().astype(np.float32)
    values[:4] = mark
    photo = read_photo(one(values))
    np.testing.assert_allclose(photo.rgb[4:], expected()[4:], atol=1)
    assert np.ptp(photo.rgb[:4].reshape(-1, 3), axis=0).tolist() == [0, 0, 0]
    np.testing.assert_allclose(photo.rgb[0, 0], photo.rgb[4:].reshape(-1, 3).mean(axis=0), atol=1)
    assert "10 % of its pixels hold no value" in notes(photo)


@pytest.mark.parametrize(("dtype", "mark"), [(np.uint16, 65535), (np.float32, 7.5), (np.int16, -1)])
def test_pixels_without_a_value_are_told_by_the_file(dtype, mark):
    values = np.rint(wall() * 1023).astype(dtype)
    values[:4] = mark
    photo = read_photo(one(values, t42113=("s", f"{mark}\0".encode())))
    np.testing.assert_allclose(photo.rgb[4:], expected()[4:], atol=1)
    assert "10 % of its pixels hold no value" in notes(photo)


def test_0_as_no_data_stays_black():
    values = np.rint(wall() * 4095).astype(np.uint16)
    values[:4] = 0
    photo = read_photo(one(values, t42113=("s", b"0\0")))
    assert (photo.rgb[:4] == 0).all()
    np.testing.assert_allclose(photo.rgb[4:], expected()[4:], atol=1)


@pytest.mark.parametrize(
    "values",
    [
        np.linspace(-1, 3, HEIGHT * WIDTH, dtype=np.float32),  # heights, temperatures, standardised pixels
        np.linspace(0, 7.5, HEIGHT * WIDTH, dtype=np.float32),  # dark of 0-255, or too light of 0-1
        np.linspace(0, 0.03, HEIGHT * WIDTH, dtype=np.float32),
        np.linspace(0, 1e7, HEIGHT * WIDTH, dtype=np.float32),
        np.linspace(-500, 1500, HEIGHT * WIDTH).astype(np.int16),
        np.linspace(0, 9, HEIGHT * WIDTH).astype(np.uint16),
        np.linspace(0, 1e7, HEIGHT * WIDTH).astype(np.uint32),
        np.random.default_rng(0).integers(0, 2, HEIGHT * WIDTH).astype(np.float32),  # a mask
    ],
)
def test_what_cannot_be_known_is_refused(values):
    with pytest.raises(PhotoError, match=r"received .* Which is white cannot be told") as caught:
        read_photo(one(values.reshape(HEIGHT, WIDTH)))
    assert caught.value.message.name == "photo-error.unknown-values"


@pytest.mark.parametrize("mark", [np.nan, -np.inf])
def test_too_little_picture_is_refused(mark):
    values = wall().astype(np.float32)
    values[:20] = mark
    with pytest.raises(PhotoError, match=r"all but 25 % of the pixels, received none .* for 50 %"):
        read_photo(one(values))
    with pytest.raises(PhotoError, match="for 100 %"):
        read_photo(one(np.full((HEIGHT, WIDTH), mark, np.float32)))


@pytest.mark.parametrize("dtype", [np.uint16, np.float32])
def test_a_black_picture_is_black(dtype):
    photo = read_photo(one(np.zeros((HEIGHT, WIDTH), dtype)))
    assert not photo.rgb.any()


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from([np.uint16, np.int16, np.uint32, np.float16, np.float32, np.float64]),
    st.floats(0.08, 1),
    st.sampled_from(WHITES[:6]),
)
def test_no_dtype_changes_the_picture(dtype, highest, white):
    """Whatever holds the values of one scale, the picture is the same, or it is refused."""
    values = wall(highest) * white
    limit = np.finfo(dtype).max if np.issubdtype(dtype, np.floating) else np.iinfo(dtype).max
    if values.max() > limit * 0.999:
        return
    stored = (values if np.issubdtype(dtype, np.floating) else np.rint(values)).astype(dtype)
    if white == 1 and not np.issubdtype(dtype, np.floating):
        assume(stored.any())
        with pytest.raises(PhotoError, match="white cannot be told"):
            read_photo(one(stored))
        return
    photo = read_photo(one(stored))
    smallest = next(w for w in WHITES if float(stored.max()) <= w * (1.02 if np.issubdtype(dtype, np.floating) else 1))
    np.testing.assert_allclose(photo.rgb, np.clip(stored.astype(float) * (255 / smallest), 0, 255), atol=1)
