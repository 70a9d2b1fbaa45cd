"""Time and place of a photo, written by Pillow and garbled by hand."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image

from crackxai.photo.taken import Taken, read_taken

TIME, ZONE = "2026:03:01 10:11:12", "+08:00"
TAIPEI = {1: "N", 2: (25.0, 1.0, 58.8), 3: "E", 4: (121.0, 33.0, 55.44)}


def file(kind: str = "JPEG", times: dict[int, str] | None = None, gps: dict | None = None) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Model] = "camera"  # Pillow takes a block for empty that has nothing in its first list
    exif.get_ifd(ExifTags.IFD.Exif).update(times or {})
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(gps or {})
    out = io.BytesIO()
    Image.new("RGB", (4, 3)).save(out, kind, exif=exif.tobytes())
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_time_zone_and_position(kind):
    found = read_taken(file(kind, {0x9003: TIME, 0x9011: ZONE}, TAIPEI))
    assert found.at == "2026-03-01T10:11:12+08:00"
    assert found.latitude == pytest.approx(25.033, abs=1e-9)
    assert found.longitude == pytest.approx(121.5654, abs=1e-9)


def test_south_and_west_are_negative():
    found = read_taken(file(gps=TAIPEI | {1: "S", 3: "W"}))
    assert (found.latitude < 0, found.longitude < 0, found.at) == (True, True, None)


@pytest.mark.parametrize(
    ("times", "at"),
    [
        ({0x9003: TIME}, "2026-03-01T10:11:12"),
        ({0x9003: TIME, 0x9011: "Taipei"}, "2026-03-01T10:11:12"),
        ({0x9003: "0000:00:00 00:00:00"}, None),
        ({0x9003: "    :  :     :  :  "}, None),
        ({0x9011: ZONE}, None),
    ],
)
def test_times_as_cameras_write_them(times, at):
    assert read_taken(file(times=times)).at == at


@pytest.mark.parametrize(
    "wrong",
    [{1: "X"}, {1: ""}, {2: (91.0, 0.0, 0.0)}, {4: (180.0, 1.0, 0.0)}, {2: (25.0, 1.0)}, {3: None}],
)
def test_a_position_that_is_none(wrong):
    gps = {key: value for key, value in (TAIPEI | wrong).items() if value is not None}
    assert read_taken(file(gps=gps)) == Taken()


def test_files_that_say_nothing():
    assert read_taken(file()) == read_taken(b"") == read_taken(b"\xff\xd8 no photo") == Taken()


@given(st.integers(0, 400), st.binary(max_size=8))
def test_garbled_files_never_fail(place, junk):
    whole = file(times={0x9003: TIME}, gps=TAIPEI)
    assert isinstance(read_taken(whole[:place] + junk + whole[place + len(junk) :]), Taken)
