import re
import zlib

import pytest

from crackxai import SettingsError
from crackxai.inspection import marker_sheet as module
from crackxai.inspection.marker_sheet import MM, PAGE, marker_sheet
from crackxai.texts import Texts


def drawing(pdf: bytes) -> str:
    """The page's drawing commands."""
    return "".join(
        zlib.decompress(stream).decode("latin-1")
        for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S)
        if stream[:1] == b"x"
    )


def test_the_page_is_a6_and_the_square_has_its_size():
    """The marker's own corners, in points of 1/72 inch, taken from the drawn squares."""
    pdf = marker_sheet(50)
    box = re.search(rb"/MediaBox \[ ?0 0 ([\d.]+) ([\d.]+) ?\]", pdf)
    assert [float(each) for each in box.groups()] == pytest.approx([side * MM * 72 for side in PAGE], abs=0.01)
    cell = 50 / 8 * MM * 72
    text = drawing(pdf)
    paths = re.findall(r"([\d.]+) ([\d.]+) m\n([\d.]+) ([\d.]+) l\n([\d.]+) ([\d.]+) l\n", text)
    squares = [
        (float(x), float(y)) for x, y, x2, y2, x3, y3 in paths if abs(float(x2) - float(x) - cell) < 0.01 and y == y2
    ]
    assert len(squares) >= 28  # the black border alone
    for axis in (0, 1):
        low, high = (pick(each[axis] for each in squares) for pick in (min, max))
        assert high - low + cell == pytest.approx(50 * MM * 72, abs=0.05)


def test_it_is_the_same_every_time():
    assert marker_sheet(40, 3) == marker_sheet(40, 3)
    assert marker_sheet(40, 3) != marker_sheet(40, 4)


def test_it_speaks_the_readers_language_where_a_font_writes_it(monkeypatch):
    chinese = module._words(Texts("zh-Hant"), 50, 3)
    if module.families_for("毫米") is not None:
        assert "毫米" in chinese[0][1]
    monkeypatch.setattr(module, "families_for", lambda text: ("DejaVu Sans",) if text.isascii() else None)
    without = module._words(Texts("zh-Hant"), 50, 3)
    assert without[1][1] == "CrackXAI marker, AprilTag 36h11 number 3, black square 50 mm"


@pytest.mark.parametrize(("mm", "number"), [(10, 0), (100, 0), (50, -1), (50, 587)])
def test_out_of_range(mm, number):
    with pytest.raises(SettingsError, match="received"):
        marker_sheet(mm, number)
