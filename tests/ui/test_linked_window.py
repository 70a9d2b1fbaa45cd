"""Addresses that lead into a photo: read, and opened once the photo is there."""

from __future__ import annotations

import hashlib
import json

import pytest

from crackxai import Box
from crackxai.ui import links, state
from crackxai.ui.linked_window import LinkedWindow
from tests.apps import EN, address, app_at, item, press, texts, upload
from tests.ui.test_scan_panel import HEIGHT, SIDE, WIDTH, scan_of, scanned, wall

BOX = Box(top=225, bottom=450, left=90, right=315)
FRESH = pytest.mark.usefixtures("fresh_results")


def written(data: bytes, box: Box) -> str:
    return str(LinkedWindow.of(hashlib.sha256(data).hexdigest(), box))


def own_query(app) -> str:
    return json.loads(address(app).rpartition(")(")[2].removesuffix(")</script>"))["own"]


def ignored(app) -> list[str]:
    return [each.value for each in app.warning if each.icon == ":material/link_off:"]


def opened(app) -> Box | None:
    of = item(app).id
    return app.session_state[state._OPENED].get(of) if state._OPENED in app.session_state else None


def test_as_it_is_written():
    link = LinkedWindow.of("0123456789abcdef" * 4, BOX)
    assert str(link) == "0123456789abcdef.225.450.90.315"
    assert LinkedWindow.read(str(link)) == link


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "0123456789abcdef",
        "0123456789abcde.225.450.90.315",
        "0123456789abcdeg.225.450.90.315",
        "0123456789ABCDEF.225.450.90.315",
        "0123456789abcdef.225.450.90",
        "0123456789abcdef.225.450.90.315.1",
        "0123456789abcdef.-1.450.90.315",
        "0123456789abcdef.450.225.90.315",
        "0123456789abcdef.225.450.90.90",
        "0123456789abcdef.225.450.90.1234567",
        "0123456789abcdef.225.450.90.٣١٥",
        "0123456789abcdef.225.450.90.315\n",
    ],
)
def test_what_is_no_window(wrong):
    assert LinkedWindow.read(wrong) is None


@FRESH
def test_the_address_of_an_opened_window_opens_it_again():
    data = wall(spot=41)
    app = scanned(upload(app_at("app.py"), ("wall.png", data)))
    assert "window=" not in own_query(app)
    press(app, "finding-1")
    box = scan_of(app).findings[0].tile
    link = written(data, box)
    assert own_query(app).endswith(f"&window={link}")
    press(app, "scan-back")
    assert "window=" not in own_query(app)

    other = app_at("app.py", window=link)
    assert EN["link.awaited"] in texts(other)
    assert f"window={link}" in own_query(other)  # until its photo is there
    # Under another name, and beside photos that are looked at first.
    scanned(upload(other, ("other.png", wall(spot=42)), ("renamed.png", data), ("third.png", wall(spot=43))))
    assert item(other).name == "renamed.png"
    assert opened(other) == box
    assert EN["report.window-words"].format(**box.as_dict()) in texts(other)
    assert EN["link.awaited"] not in texts(other)
    assert not ignored(other)
    # It is opened once, not whenever the page is drawn.
    press(other, "scan-back")
    assert opened(other) is None


@FRESH
@pytest.mark.parametrize(
    "box",
    [
        Box(0, SIDE, WIDTH - SIDE + 1, WIDTH + 1),
        Box(HEIGHT - 20, HEIGHT, 0, 200),
    ],
    ids=["beyond the photo", "smaller than a window may be"],
)
def test_a_part_that_the_photo_does_not_have_is_told(box, monkeypatch):
    data = wall(spot=44)
    link = written(data, box)
    app = upload(app_at("app.py", window=link), ("wall.png", data))
    (told,) = ignored(app)
    assert str(box.bottom) in told
    assert opened(app) is None
    assert "window=" not in own_query(app)
    scanned(app)
    assert ignored(app) == [told]  # nobody has to read it before the scan ends
    monkeypatch.setattr(links, "TOLD_S", 0)
    app.run()
    assert not ignored(app)


@FRESH
def test_what_is_no_window_is_told():
    app = app_at("app.py", window="nonsense")
    (told,) = ignored(app)
    assert "“nonsense”" in told
    assert EN["link.window"] in told
    assert "window=" not in own_query(app)


@FRESH
def test_all_of_the_photo_is_no_window():
    data = wall(spot=46)
    app = scanned(upload(app_at("app.py", window=written(data, Box(0, HEIGHT, 0, WIDTH))), ("wall.png", data)))
    assert opened(app) is None
    assert not ignored(app)


@FRESH
def test_a_photo_that_is_not_scanned_has_no_windows(sample_files):
    data = sample_files[3].read_bytes()  # of no other test, whose sessions might keep each other's photos
    app = upload(app_at("app.py", window=written(data, Box(0, 100, 0, 100))), ("small.png", data))
    assert opened(app) is None
    assert len(ignored(app)) == 1
