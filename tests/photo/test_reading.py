"""Photos: what is read, how, and what is refused."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, features

from crackxai import PhotoError, read_photo
from crackxai.photo import MAX_BYTES, Photo
from crackxai.photo.reading import open_photo

SIDE = 64


def gradient(width: int = SIDE, height: int = 48) -> np.ndarray:
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([x * 255 // (width - 1), y * 255 // (height - 1), np.full_like(x, 90)], axis=-1).astype(np.uint8)


def coded(fmt: str, image: Image.Image | None = None, **options) -> bytes:
    out = io.BytesIO()
    (image or Image.fromarray(gradient())).save(out, fmt, **options)
    return out.getvalue()


def files() -> dict[str, bytes]:
    import pillow_heif

    pillow_heif.register_heif_opener()
    return {
        "JPEG": coded("JPEG", quality=95),
        "PNG": coded("PNG"),
        "WEBP": coded("WEBP", quality=95),
        "BMP": coded("BMP"),
        "TIFF": coded("TIFF", compression="tiff_lzw"),
        "HEIF": coded("HEIF", quality=95),
    }


FILES = files()


@pytest.mark.parametrize("fmt", FILES)
def test_every_format_is_read_and_told_from_its_bytes(fmt):
    photo = read_photo(FILES[fmt], name="misnamed.txt")
    assert photo.format == fmt
    assert photo.rgb.shape == (48, SIDE, 3)
    assert photo.rgb.dtype == np.uint8
    assert photo.original_size == (SIDE, 48)
    # Chroma subsampling blurs colours in three of the formats; the picture must be the same one all the same.
    assert np.abs(photo.rgb.astype(int) - gradient()).mean() < (6 if fmt in ("JPEG", "WEBP", "HEIF") else 1e-9)


def test_path_and_bytes_give_the_same_photo(tmp_path):
    path = tmp_path / "wall.jpg"
    path.write_bytes(FILES["PNG"])
    a, b = read_photo(path), read_photo(FILES["PNG"])
    assert (a.name, b.name) == ("wall.jpg", "photo")
    assert a.sha256 == b.sha256 == __import__("hashlib").sha256(FILES["PNG"]).hexdigest()
    np.testing.assert_array_equal(a.rgb, b.rgb)


def test_the_array_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        read_photo(FILES["PNG"]).rgb[0] = 0


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied(orientation):
    upright = np.zeros((40, 60, 3), np.uint8)
    upright[:20, :30] = (250, 0, 0)
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright, 1),
        7: upright[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(upright, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    photo = read_photo(coded("PNG", Image.fromarray(np.ascontiguousarray(stored)), exif=exif))
    np.testing.assert_array_equal(photo.rgb, upright)
    assert any("upright" in note for note in photo.notes) == (orientation != 1)


def test_grey_palette_and_black_and_white():
    image = Image.fromarray(gradient())
    for mode in ("L", "P", "1"):
        photo = read_photo(coded("PNG", image.convert(mode)))
        np.testing.assert_array_equal(photo.rgb, np.asarray(image.convert(mode).convert("RGB")))
        assert any("RGB" in note for note in photo.notes)


def test_cmyk_jpeg():
    photo = read_photo(coded("JPEG", Image.fromarray(gradient()).convert("CMYK"), quality=95))
    assert np.abs(photo.rgb.astype(int) - gradient()).mean() < 6
    assert "converted from CMYK to RGB" in photo.notes


def test_transparent_parts_are_put_on_white():
    rgba = np.zeros((40, 40, 4), np.uint8)
    rgba[:20] = (10, 20, 30, 255)
    photo = read_photo(coded("PNG", Image.fromarray(rgba)))
    assert photo.rgb[0, 0].tolist() == [10, 20, 30]
    assert photo.rgb[-1, 0].tolist() == [255, 255, 255]
    grey = Image.fromarray(rgba[..., 3]).convert("LA")
    grey.putalpha(Image.fromarray(rgba[..., 3]))
    assert read_photo(coded("PNG", grey)).rgb[-1, 0].tolist() == [255, 255, 255]


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_nothing_is_said_of_transparency_that_no_pixel_has(mode):
    image = Image.fromarray(gradient()).convert(mode)
    options = {"transparency": 255} if mode == "P" else {}
    photo = read_photo(coded("PNG", image.quantize(200) if mode == "P" else image, **options))
    assert not any("white" in note and "black" not in note for note in photo.notes)


@pytest.mark.parametrize("fmt", ["PNG", "TIFF"])
def test_16_bit_grey_is_scaled_not_clipped(fmt):
    values = np.linspace(0, 65535, 40 * 40).reshape(40, 40).astype(np.uint16)
    photo = read_photo(coded(fmt, Image.fromarray(values)))
    np.testing.assert_array_equal(photo.rgb[..., 0], np.rint(values / 257).astype(np.uint8))
    assert "reduced from 16 to 8 bits" in photo.notes


def png_16_bit_rgb(values: np.ndarray) -> bytes:
    """A 16-bit RGB PNG by hand: Pillow cannot write one."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    height, width = values.shape[:2]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    header = struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def tiff_16_bit_rgb(values: np.ndarray) -> bytes:
    """An uncompressed little-endian 16-bit RGB TIFF by hand."""
    height, width = values.shape[:2]
    data = values.astype("<u2").tobytes()
    tags = [
        (256, 4, 1, width),
        (257, 4, 1, height),
        (258, 3, 3, 8 + len(data)),
        (259, 3, 1, 1),
        (262, 3, 1, 2),
        (273, 4, 1, 8),
        (277, 3, 1, 3),
        (278, 4, 1, height),
        (279, 4, 1, len(data)),
    ]
    directory = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in tags) + b"\0\0\0\0"
    bits = struct.pack("<HHH", 16, 16, 16)
    return b"II*\0" + struct.pack("<I", 8 + len(data) + len(bits)) + data + bits + directory


@pytest.mark.parametrize("write", [png_16_bit_rgb, tiff_16_bit_rgb])
def test_16_bit_colour(write):
    photo = read_photo(write(gradient().astype(np.uint16) * 257))
    np.testing.assert_array_equal(photo.rgb, gradient())


def test_first_frame_of_several():
    frames = [Image.fromarray(np.full((40, 40, 3), v, np.uint8)) for v in (10, 200)]
    photo = read_photo(coded("TIFF", frames[0], save_all=True, append_images=frames[1:]))
    assert photo.rgb[0, 0, 0] == 10
    assert "first of 2 frames" in photo.notes


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "0 bytes"),
        (b"hello, I am no picture at all", "none of these"),
        (b"%PDF-1.7 " + bytes(200), "none of these"),
        (coded("GIF", Image.fromarray(gradient())), "none of these"),
        (coded("PNG", Image.fromarray(gradient(31, 64))), "31 x 64"),
    ],
)
def test_refused_with_expected_and_received(data, words):
    with pytest.raises(PhotoError, match="expected") as caught:
        read_photo(data, name="bad.jpg")
    assert words in str(caught.value)
    assert str(caught.value).startswith("bad.jpg: ")


def test_too_many_bytes_are_refused_before_they_are_read(tmp_path):
    path = tmp_path / "huge.jpg"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(PhotoError, match=r"at most 50 MB, received 50\.0 MB"):
        read_photo(path)
    with pytest.raises(PhotoError, match="at most 50 MB"):
        read_photo(bytes(MAX_BYTES + 1))


@pytest.mark.parametrize(
    ("side", "words"), [(40_000, "1600 megapixels"), (12_000, r"12000 x 12000 \(144 megapixels\)")]
)
def test_a_decompression_bomb_costs_no_memory(side, words):
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(10**7), 9))
    bomb += chunk(b"IEND", b"")
    tracemalloc.start()
    with pytest.raises(PhotoError, match=words):
        read_photo(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no such device")
def test_what_has_no_end_is_not_read_to_it():
    with pytest.raises(PhotoError, match="at most 50 MB"):
        read_photo("/dev/zero")


def test_missing_files_folders_and_other_types(tmp_path):
    with pytest.raises(PhotoError, match="No such file"):
        read_photo(tmp_path / "none.jpg")
    with pytest.raises(PhotoError, match="cannot be read"):
        read_photo(tmp_path)
    with pytest.raises(PhotoError, match="received int"):
        read_photo(3)


def only_photo_errors(data: bytes) -> None:
    try:
        photo = read_photo(data)
    except PhotoError:
        return
    assert isinstance(photo, Photo)
    assert photo.rgb.dtype == np.uint8
    assert photo.rgb.ndim == 3


@pytest.mark.parametrize("fmt", FILES)
def test_truncated_anywhere(fmt):
    data = FILES[fmt]
    for cut in sorted({*range(0, len(data), max(1, len(data) // 60)), len(data) - 1}):
        only_photo_errors(data[:cut])
    if fmt != "BMP":  # whose last row's padding may be cut without loss
        with pytest.raises(PhotoError, match=r"truncated|none of these|0 bytes"):
            read_photo(data[: len(data) // 2])


@pytest.mark.parametrize("fmt", FILES)
def test_flipped_bits_anywhere(fmt):
    rng = np.random.default_rng(7)
    data = FILES[fmt]
    for _ in range(150):
        broken = bytearray(data)
        for at in rng.integers(0, len(data) if rng.random() < 0.5 else min(200, len(data)), rng.integers(1, 5)):
            broken[at] ^= 1 << rng.integers(8)
        only_photo_errors(bytes(broken))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=400), st.sampled_from([b"", *(data[:12] for data in FILES.values())]))
def test_random_bytes(data, start):
    only_photo_errors(start + data)


def test_webp_and_heif_are_built_in():
    assert features.check("webp")


@pytest.mark.parametrize("fmt", FILES)
def test_a_header_says_of_a_photo_what_reading_it_does(fmt):
    opened = open_photo(FILES[fmt], "wall")
    photo = read_photo(FILES[fmt], "wall")
    assert opened.header.rgb.shape == (0, 0, 3)
    names = ("name", "sha256", "original_size", "format", "scale", "box", "whole")
    assert [getattr(opened.header, name) for name in names] == [getattr(photo, name) for name in names]
    read = opened.read()
    np.testing.assert_array_equal(read.rgb, photo.rgb)
    assert read.notes == photo.notes


def test_a_header_that_no_photo_has_is_refused_and_a_damaged_photo_when_it_is_read():
    with pytest.raises(PhotoError, match="wall: expected"):
        open_photo(b"none", "wall")
    cut = open_photo(FILES["PNG"][: len(FILES["PNG"]) // 2], "wall")
    with pytest.raises(PhotoError, match=r"wall: .*damaged"):
        cut.read()
