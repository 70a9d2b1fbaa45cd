"""Directories of TIFF files, and of EXIF blocks, that nobody wrote on purpose."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crackxai import PhotoError, read_photo
from crackxai.photo import jpeg, png, tiff, webp
from tests.photo.test_damage import ODD, WALL
from tests.photo.test_reading import FILES, only_photo_errors
from tests.photo.test_values import wall
from tests.photo.tiffs import one, page
from tests.photo.tiffs import tiff as written

SMALL = wall()
PLANAR = np.ascontiguousarray(SMALL.astype(np.float32).transpose(2, 0, 1)).tobytes()
EACH = len(PLANAR) // 3
DEEP = {
    "float": one(SMALL.astype(np.float32)),
    "12 bits": one((SMALL * 4095).astype(np.uint16), ">"),
    "marked": one(SMALL.astype(np.float64), t42113=("s", b"-9999\0"), t341=("d", (1.0,) * 3)),
    "planar": written(
        (PLANAR, page(SMALL.astype(np.float32), t284=("H", (2,)), t273=("I", (8, 8 + EACH, 8 + 2 * EACH)),
                      t279=("I", (EACH,) * 3)))
    ),
    "pages": written(*((pixels, page(pixels)) for pixels in (WALL[:40, :40], SMALL.astype(np.float32)))),
}  # fmt: skip


@pytest.mark.parametrize("kind", DEEP)
def test_flipped_bits_anywhere(kind):
    """Half of them in the directory, which stands at the end."""
    rng = np.random.default_rng(3)
    data = DEEP[kind]
    read_photo(data)
    for _ in range(300):
        broken = bytearray(data)
        first = 0 if rng.random() < 0.5 else len(data) - 200
        for at in rng.integers(first, len(data), rng.integers(1, 4)):
            broken[at] ^= 1 << rng.integers(8)
        only_photo_errors(bytes(broken))


@pytest.mark.parametrize("kind", DEEP)
def test_truncated_anywhere(kind):
    data = DEEP[kind]
    for cut in range(0, len(data), len(data) // 50):
        only_photo_errors(data[:cut])
    with pytest.raises(PhotoError, match="damaged"):
        read_photo(data[: len(data) // 2])


@pytest.mark.parametrize("values", [WALL[:60, :60], SMALL.astype(np.float32), (SMALL * 65535).astype(np.uint16)])
@pytest.mark.parametrize("lost", [1, 20, 100])
def test_last_bytes_that_are_missing_are_not_made_up_of_what_is_added(values, lost):
    strip = np.ascontiguousarray(values).tobytes()
    fields = page(values, t258=("H", (values.dtype.itemsize * 8,)), t339=("H", (3 if values.dtype.kind == "f" else 1,)))
    head = written((b"", fields | {279: ("I", (len(strip),)), 273: ("I", (0,))}))
    fields |= {273: ("I", (len(head),)), 279: ("I", (len(strip),))}
    data = written((b"", fields)) + strip
    read_photo(data)
    with pytest.raises(PhotoError, match="damaged"):
        read_photo(data[:-lost])


def test_strip_that_is_stated_longer_than_its_pixels_is_whole():
    values = WALL[:40, :40]
    read_photo(one(values, t279=("I", (values.nbytes + 5000,))))


def test_more_channels_than_colours_are_no_damage():
    with pytest.raises(PhotoError, match="5 channels of 8 bits"):
        read_photo(one(np.zeros((40, 40, 5), np.uint8)))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([b"", *ODD, *(block[6:] for block in ODD)]), st.binary(max_size=60), st.integers(0, 80))
def test_every_block_has_an_orientation(block, noise, at):
    found = tiff.orientation(block[:at] + noise + block[at + len(noise) :])
    assert 1 <= found <= 8


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([*FILES.values(), *DEEP.values()]), st.binary(max_size=40), st.integers(0, 400))
def test_no_parser_fails_on_any_bytes(data, noise, at):
    broken = data[:at] + noise + data[at + len(noise) :]
    jpeg.parse(broken)
    png.parse(broken)
    webp.parse(broken)
    for directory in tiff.directories(broken):
        for tag in directory.entries:
            directory.get(tag)
            directory.whole(tag)


@pytest.mark.parametrize(
    "value", [("f", (float("nan"),)), ("d", (float("inf"),)), ("f", (6.5,)), ("s", b"six\0"), ("R", (6, 0))]
)
def test_an_orientation_that_is_no_number_is_none(value):
    assert read_photo(one(WALL, t274=value)).notes == ()


def test_big_tiff():
    """BigTIFF by hand: an offset of eight bytes, entries of twenty."""
    values = (SMALL * 65535).astype(np.uint16)
    strip = values.tobytes()
    rows = [
        (256, 4, 60), (257, 4, 40), (259, 3, 1), (262, 3, 2), (273, 16, 16), (277, 3, 3), (278, 4, 40),
        (279, 16, len(strip)), (284, 3, 1),
    ]  # fmt: skip
    entries = {tag: struct.pack("<HHQ", tag, kind, 1) + struct.pack("<Q", value) for tag, kind, value in rows}
    entries[258] = struct.pack("<HHQHHHH", 258, 3, 3, 16, 16, 16, 0)
    entries[339] = struct.pack("<HHQHHHH", 339, 3, 3, 1, 1, 1, 0)
    directory = struct.pack("<Q", len(entries)) + b"".join(entries[tag] for tag in sorted(entries)) + bytes(8)
    data = b"II+\0\x08\0\0\0" + struct.pack("<Q", 16 + len(strip)) + strip + directory
    np.testing.assert_allclose(read_photo(data).rgb, SMALL * 255, atol=1)


def test_a_page_alone_has_what_its_pixels_need():
    data = one(WALL, t270=("s", b"a wall\0"), t274=("H", (6,)), t305=("s", b"somebody's program\0"))
    (directory,) = tiff.directories(tiff.directories(data)[0].alone())
    assert not {270, 274, 305} & directory.entries.keys()
    assert directory.size == (320, 200)
    (changed,) = tiff.directories(tiff.directories(data)[0].alone({339: [], 257: [7], 273: [1, 2, 3]}))
    assert 339 not in changed.entries
    assert (changed.whole(257), changed.wholes(273)) == (7, (1, 2, 3))
