"""Pixels decide whether a photo is damaged; metadata never does. And which way up, which page, at which size."""

from __future__ import annotations

import io
import struct
import threading
import warnings
import zlib

import numpy as np
import pytest
from PIL import Image

from crackxai import PhotoError, read_photo
from crackxai.photo import Box, decoding, formats
from crackxai.photo.jpeg import END
from crackxai.samples import draw_samples
from crackxai.texts import LANGUAGES, Texts
from tests.photo.test_reading import coded, gradient
from tests.photo.tiffs import one, page, tiff

WALL = next(iter(draw_samples(1, side=320))).rgb[:200]
"""(200, 320, 3), with grain: a flat picture hides what is lost."""


def jpeg(rgb: np.ndarray = WALL, **options) -> bytes:
    return coded("JPEG", Image.fromarray(rgb), quality=90, **options)


def exif(*fields: tuple[int, int, int, bytes], tail: bytes = b"") -> bytes:
    """An EXIF block by hand: (tag, type, count, four bytes of value or place)."""
    rows = b"".join(struct.pack(">HHI", *head) + value for *head, value in fields)
    return b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">H", len(fields)) + rows + bytes(4) + tail


def orientation(number: int) -> tuple[int, int, int, bytes]:
    return 0x0112, 3, 1, struct.pack(">HH", number, 0)


ODD = [
    exif(orientation(6), (282, 5, 1, struct.pack(">I", 38)), tail=bytes(8)),  # 0/0 dots an inch
    exif(orientation(6), (282, 5, 1, struct.pack(">I", 38)), tail=b"\xff" * 8),
    exif(orientation(6), (0x8769, 4, 1, struct.pack(">I", 2**32 - 1))),  # a directory beyond the file
    exif(orientation(6), (0x010F, 2, 2**31, bytes(4))),  # a maker's name of two gigabytes
    exif(orientation(6), (0x8298, 77, 9, bytes(4))),  # a type that is none
]


@pytest.mark.parametrize("block", ODD, ids=range(len(ODD)))
@pytest.mark.parametrize("fmt", ["JPEG", "PNG", "WEBP"])
def test_odd_metadata_damages_nothing(block, fmt):
    options = {"quality": 95} if fmt != "PNG" else {}
    plain = read_photo(coded(fmt, Image.fromarray(WALL), **options))
    photo = read_photo(coded(fmt, Image.fromarray(WALL), exif=block, **options))
    np.testing.assert_array_equal(photo.rgb, np.rot90(plain.rgb, -1))
    assert photo.notes == ("turned upright, as the file says",)
    assert photo.original_size == (320, 200)
    assert photo.box == Box(0, 320, 0, 200)


@pytest.mark.parametrize(
    "block", [b"", b"Exif\0\0", b"Exif\0\0MM\0*", exif(orientation(9)), exif(orientation(0)), b"?" * 99]
)
@pytest.mark.parametrize("fmt", ["JPEG", "PNG", "WEBP"])
def test_nothing_is_said_to_be_turned_that_was_not(block, fmt):
    photo = read_photo(coded(fmt, Image.fromarray(WALL), exif=block))
    assert photo.rgb.shape == (200, 320, 3)
    assert photo.notes == ()


@pytest.mark.parametrize("number", range(1, 9))
@pytest.mark.parametrize("deep", [False, True])
def test_tiff_is_turned_and_says_so(number, deep):
    rgb = np.ascontiguousarray(WALL)
    plain = read_photo(one(rgb.astype(np.uint16) * 257 if deep else rgb)).rgb
    photo = read_photo(one(rgb.astype(np.uint16) * 257 if deep else rgb, t274=("H", (number,))))
    assert any("upright" in note for note in photo.notes) == (number != 1)
    assert photo.original_size == (320, 200)
    with Image.open(io.BytesIO(coded("TIFF", Image.fromarray(plain), tiffinfo={274: number}))) as image:
        np.testing.assert_array_equal(photo.rgb, np.asarray(image.convert("RGB")))  # Pillow turns TIFF when it loads


@pytest.mark.parametrize(("number", "turned"), [(1, False), (3, True), (6, True), (8, True)])
def test_heic_is_turned_by_its_decoder_and_says_so(number, turned):
    block = Image.Exif()
    block[0x0112] = number
    photo = read_photo(coded("HEIF", Image.fromarray(WALL), quality=95, exif=block.tobytes()))
    assert any("upright" in note for note in photo.notes) == turned
    expected = np.rot90(WALL, {1: 0, 3: 2, 6: -1, 8: 1}[number])
    assert photo.rgb.shape == expected.shape
    assert np.abs(photo.rgb.astype(int) - expected).mean() < 8
    assert photo.original_size == (320, 200)


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"subsampling": 0}, {"restart_marker_blocks": 3}])
@pytest.mark.parametrize("cut", [1, 2])
def test_a_jpeg_without_its_last_two_bytes_is_whole(options, cut):
    data = jpeg(**options)
    photo = read_photo(data[:-cut])
    np.testing.assert_array_equal(photo.rgb, read_photo(data).rgb)
    assert photo.notes == ("the file ends early, behind its last pixel",)


@pytest.mark.parametrize("options", [{}, {"subsampling": 0}, {"restart_marker_blocks": 3}])
def test_a_jpeg_that_lacks_a_row_of_blocks_says_so(options):
    data = jpeg(**options)
    photo = read_photo(data[:-60])
    lost = photo.notes[0].facts["lost"]
    assert 0 < lost <= 17
    np.testing.assert_array_equal(photo.rgb[:-lost], read_photo(data).rgb[:-lost])


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"subsampling": 0}, {"restart_marker_blocks": 3}])
@pytest.mark.parametrize("part", [0.9, 0.5, 0.1])
def test_a_truncated_jpeg_is_refused(options, part):
    data = jpeg(**options)
    with pytest.raises(PhotoError, match="truncated"):
        read_photo(data[: int(part * len(data))])


@pytest.mark.parametrize("options", [{}, {"subsampling": 0}, {"restart_marker_blocks": 3}])
def test_a_truncated_jpeg_with_an_end_marker_is_refused(options):
    """As some programs mend them; the lower half is of one colour then."""
    data = jpeg(**options)
    with pytest.raises(PhotoError, match="truncated"):
        read_photo(data[: len(data) // 2] + END)


@pytest.mark.parametrize("tail", [b"", END])
def test_a_progressive_jpeg_without_its_last_passes_is_refused(tail):
    """Cut between two passes nothing of a pass is missing: the picture is only less sharp than it was."""
    data = jpeg(progressive=True)
    passes = [at for at in range(len(data)) if data[at : at + 2] == b"\xff\xda"]
    assert len(passes) > 3
    for at in passes[1:]:
        for cut in (at, at - 7, data.rindex(b"\xff\xc4", 0, at)):
            with pytest.raises(PhotoError, match="truncated"):
                read_photo(data[:cut] + tail)
    assert read_photo(data).notes == ()


@pytest.mark.parametrize("colour", [(255, 255, 255), (128, 128, 128), (0, 0, 0)])
def test_a_photo_that_ends_in_one_colour_is_whole(colour):
    rgb = WALL.copy()
    rgb[150:] = colour
    photo = read_photo(jpeg(rgb))
    assert photo.notes == ()
    assert np.abs(photo.rgb[160:].astype(int) - colour).max() <= 1


def test_what_follows_a_jpeg_does_not_matter():
    data = jpeg()
    photo = read_photo(data + jpeg(WALL[:64]) + b"a film" * 1000)
    np.testing.assert_array_equal(photo.rgb, read_photo(data).rgb)
    assert photo.notes == ()


def test_two_photos_in_a_file_of_a_camera():
    out = io.BytesIO()
    Image.fromarray(WALL).save(out, "MPO", save_all=True, append_images=[Image.fromarray(WALL[::-1])], quality=95)
    photo = read_photo(out.getvalue(), "stereo.mpo")
    assert np.abs(photo.rgb.astype(int) - WALL).mean() < 6
    assert photo.format == "JPEG"


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def test_odd_chunks_of_a_png_damage_nothing():
    data = coded("PNG", Image.fromarray(WALL))
    odd = chunk(b"iTXt", b"\xff" * 40) + chunk(b"iCCP", b"broken")[:-1] + b"?" + chunk(b"zTXt", b"a\0\0" + b"\xff" * 30)
    photo = read_photo(data[:33] + odd + data[33:])
    np.testing.assert_array_equal(photo.rgb, WALL)
    np.testing.assert_array_equal(read_photo(data[:-12]).rgb, WALL)  # without its end


def test_damaged_pixels_of_a_png_are_damage():
    for data in (coded("PNG", Image.fromarray(WALL)), one(WALL.astype(np.uint16) * 257)):
        broken = bytearray(data)
        broken[len(data) // 2] ^= 0xFF
        if data[:4] == b"\x89PNG":
            with pytest.raises(PhotoError, match="damaged"):
                read_photo(bytes(broken))
        with pytest.raises(PhotoError, match="damaged"):
            read_photo(data[: len(data) // 2])


def test_the_largest_page_is_looked_at():
    small, large = np.full((64, 64, 3), 200, np.uint8), WALL
    thumbnail_first = tiff((small, page(small)), (large, page(large)), (small, page(small)))
    photo = read_photo(thumbnail_first)
    np.testing.assert_array_equal(photo.rgb, large)
    assert photo.notes == ("page 2 of 3, the largest",)
    thumbnail_behind = tiff((large, page(large)), (small, page(small, t254=("I", (1,)))))
    np.testing.assert_array_equal(read_photo(thumbnail_behind).rgb, large)
    assert read_photo(thumbnail_behind).notes == ()


def test_deep_pages_too():
    small, large = np.full((64, 64, 3), 200, np.uint8), WALL.astype(np.float32) / 255
    photo = read_photo(tiff((small, page(small)), (large, page(large))))
    np.testing.assert_allclose(photo.rgb, WALL, atol=1)
    assert photo.notes[0] == "page 2 of 2, the largest"


def test_pages_in_a_circle():
    data = bytearray(one(WALL))
    place = struct.unpack("<I", data[4:8])[0]
    count = struct.unpack("<H", data[place : place + 2])[0]
    data[place + 2 + 12 * count : place + 6 + 12 * count] = data[4:8]
    np.testing.assert_array_equal(read_photo(bytes(data)).rgb, WALL)


def test_a_cameras_raw_file_is_no_photo_to_look_at():
    small, raw = np.full((64, 64, 3), 200, np.uint8), np.zeros((300, 400), np.uint16)
    data = tiff((small, page(small)), (raw, page(raw, t262=("H", (32803,)))))
    with pytest.raises(PhotoError, match="ready to look at, received a camera's raw file"):
        read_photo(data)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"t277": ("H", (5,)), "t258": ("H", (32,) * 5)}, "5 channels of 32 bits"),
        ({"t259": ("H", (50000,))}, "compression 50000"),
    ],
)
def test_deep_files_that_nothing_here_reads(fields, words):
    with pytest.raises(PhotoError, match=words):
        read_photo(one(WALL.astype(np.float32), **fields))


def large_jpeg(width: int, height: int) -> bytes:
    """Blocks of colour, so that it is quick to write."""
    colours = gradient(64, 48)
    image = Image.fromarray(np.ascontiguousarray(colours)).resize((width, height), Image.Resampling.NEAREST)
    return coded("JPEG", image, quality=75)


def test_a_photo_of_more_pixels_than_are_read_is_read_smaller(monkeypatch):
    data = large_jpeg(641, 480)
    full = read_photo(data)
    monkeypatch.setattr(formats, "MAX_PIXELS", 641 * 480 - 1)
    half = read_photo(data)
    assert half.rgb.shape == (240, 321, 3)
    assert (half.scale, half.box, half.original_size) == (0.5, Box(0, 480, 0, 641), (641, 480))
    assert half.notes == ("read at 321 x 240 of 641 x 480 pixels",)
    means = full.rgb[:, :640].reshape(240, 2, 320, 2, 3).mean(axis=(1, 3))
    assert np.abs(half.rgb[:, :320] - means).mean() < 2
    monkeypatch.setattr(formats, "MAX_PIXELS", 641 * 480 // 17)
    assert read_photo(data).scale == 1 / 8


def test_108_megapixels():
    photo = read_photo(coded("JPEG", Image.new("L", (12_000, 9_000), 130), quality=50), "phone.jpg")
    assert photo.rgb.shape == (4500, 6000, 3)
    assert photo.window(Box(8000, 9000, 11_000, 12_000)).rgb.shape == (500, 500, 3)
    assert "read at 6000 x 4500 of 12000 x 9000 pixels" in photo.notes


def test_a_jpeg_of_12_bits_says_what_it_is():
    data = bytearray(jpeg())
    at = data.index(b"\xff\xc0")
    data[at + 4] = 12
    with pytest.raises(PhotoError, match="JPEG file with 12 bits a colour"):
        read_photo(bytes(data))


def test_nothing_of_a_photo_warns_and_no_filter_of_the_process_changes(monkeypatch):
    """In many threads at once: `warnings.catch_warnings` would leave other threads' filters behind."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 50_000)  # above which Pillow's own `open` warns
    monkeypatch.setattr(decoding, "STRIP_PIXELS", 2**12)
    before = list(warnings.filters)
    odd = [jpeg(exif=block) for block in ODD] + [one(WALL[:100], t270=("s", b"a\0"), t282=("R", (0, 0)))]
    errors: list[BaseException] = []

    def read() -> None:
        try:
            for data in odd * 3:
                read_photo(data)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert warnings.filters == before


def test_coded_pixels_end_where_they_end():
    """A scan's last byte may be the marker's first."""
    data = jpeg()
    assert data.endswith(END)
    np.testing.assert_array_equal(read_photo(data[:-1]).rgb, read_photo(data).rgb)
    np.testing.assert_array_equal(read_photo(data[:-2] + b"\xff\xff" + END).rgb, read_photo(data).rgb)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_of_a_photo_is_said_in_the_engineers_language(language):
    """Also what stands within a sentence."""
    raw = np.zeros((300, 400), np.uint16)
    with pytest.raises(PhotoError) as caught:
        read_photo(one(raw, t262=("H", (32803,))), "wall.dng")
    texts = Texts(language)
    assert texts("photo-kind.raw") in texts.message(caught.value.message)
    note = read_photo(coded("PNG", Image.new("L", (64, 48)))).notes[0]
    assert texts("photo-kind.grey") in texts.message(note)
