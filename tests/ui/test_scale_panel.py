"""Stating the scale of a scanned photo on its page, without a browser."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from crackxai.inspection.stated_scale import DrawnLine, StatedScale
from crackxai.inspection.wall_scale import DICTIONARY
from crackxai.photo import read_photo
from crackxai.render import png
from crackxai.ui import resources, state
from tests.apps import EN, app_at, press, set_keys, texts, upload
from tests.ui.test_scan_panel import HEIGHT, WIDTH, scan_of, scanned, wall

pytestmark = pytest.mark.usefixtures("fresh_results")


def wall_with_marker(side: int) -> bytes:
    """A cracked wall with a marker of so many pixels in its lower left corner, on white paper."""
    rgb = np.array(read_photo(wall(spot=31)).rgb)
    marker = cv2.aruco.generateImageMarker(cv2.aruco.getPredefinedDictionary(DICTIONARY), 5, side)
    rgb[HEIGHT - side - 40 : HEIGHT - 10, 10 : side + 40] = 255
    rgb[HEIGHT - side - 25 : HEIGHT - 25, 25 : side + 25] = marker[..., None]
    return png(rgb)


@pytest.fixture
def app():
    return scanned(upload(app_at("app.py"), ("wall.png", wall(spot=30))))


def use(app, **fields):
    for name, value in fields.items():
        set_keys(app, **{f"scale-{name}": value})
    return press(app, "scale-apply")


def scan_by(app, scale):
    (key,) = [each for each in app.session_state[state._SCANNED] if each.scale == scale]
    return resources.scans().peek(key).scan()


def labels(app) -> list[str]:
    return [button.label for button in app.button if (button.key or "").startswith("finding-")]


def test_millimetres_per_pixel_give_centimetres_and_no_tile_is_judged_again(app, served, monkeypatch):
    assert EN["scale.none"] in texts(app)
    before = scan_of(app)
    assert not any(" cm" in label for label in labels(app))
    monkeypatch.setattr(served, "predict_with_features", lambda images: pytest.fail("the model was asked"))
    use(app, **{"per-pixel": 0.5})
    scale = StatedScale("number", 0.5)
    found = scan_by(app, scale)
    assert found.findings == before.findings
    best = found.findings[0]
    # By hand: half a millimetre a pixel; each end within half a tile of its middle.
    cm, error = best.length * 0.5 / 10, (2 / 12) ** 0.5 * best.tile.height * 0.5 / 10
    digits = 0 if error >= 0.95 else 1
    assert f"{best.length:,.0f} px, {cm:.{digits}f} ± {error:.{digits}f} cm long" in labels(app)[0]
    told = texts(app)
    assert "0.5 mm per pixel in the middle of the photo" in told
    assert f"{WIDTH * HEIGHT * 0.25e-6:.2g} m² of wall" in told
    assert "0.3 mm are 0.6 pixels there" in told
    assert EN["scale.no-width"] in told
    # The scan without a scale stays, and is what is shown once the scale is dropped.
    press(app, "scale-drop")
    assert EN["scale.none"] in texts(app)
    assert scan_by(app, None).findings == before.findings
    assert not any(" cm" in label for label in labels(app))


def test_the_marker_in_the_photo(served):
    app = scanned(upload(app_at("app.py"), ("marked.png", wall_with_marker(120))))
    use(app, source="marker", side=60.0)
    found = scan_by(app, StatedScale("marker", 60.0))
    # 60 mm are 120 pixels.
    assert found.wall_scale.mm_per_pixel(80, HEIGHT - 80) == pytest.approx(0.5, rel=0.02)
    assert "Marker of 60 mm found" in texts(app)
    assert app.session_state[state._SCALES] == {found_id(app): StatedScale("marker", 60.0)}


def test_a_drawn_length_gives_centimetres_and_is_forgotten_with_the_scale(app):
    # Nothing drawn: what to do is told, and a length alone is no scale.
    use(app, source="length", length=200.0)
    assert EN["scale.draw"] in texts(app)
    assert app.error[0].value == EN["scale.undrawn"]
    assert not app.session_state.get(state._SCALES)
    # 400 pixels along the wall, pointed at to 4 pixels: 200 mm are half a millimetre a pixel.
    line = DrawnLine((100.0, 50.0), (500.0, 50.0), error=4.0)
    app.session_state[state._LINES] = {found_id(app): line}
    app.run()
    assert "The drawn line is 400 pixels long." in texts(app)
    press(app, "scale-apply")
    found = scan_by(app, StatedScale("length", 200.0, line))
    assert found.wall_scale.source == "length"
    assert found.wall_scale.mm_per_pixel(300, 300) == pytest.approx(0.5)
    length = found.wall_scale.along([(0, 0), (400, 0)])
    # By hand: both ends are off by 4 of 400 pixels, which makes 1.4 % of it.
    assert length.error / length.mm == pytest.approx(4 * 2**0.5 / 400, rel=0.3)
    assert "A drawn length of 200 mm" in texts(app)
    assert any(" cm" in label for label in labels(app))
    press(app, "scale-drop")
    assert not app.session_state[state._LINES]
    assert not app.session_state[state._SCALES]
    assert EN["scale.none"] in texts(app)


@pytest.mark.parametrize("wrong", [0.0, -5.0])
def test_what_is_no_length_is_told(app, wrong):
    app.session_state[state._LINES] = {found_id(app): DrawnLine((0.0, 0.0), (300.0, 0.0))}
    use(app, source="length", length=wrong)
    assert "expected a positive length" in app.error[0].value
    assert not app.session_state.get(state._SCALES)


def found_id(app):
    return app.session_state[state._ITEMS][0].id


def test_a_photo_without_the_marker_says_what_to_do_and_keeps_its_scan(app):
    before = scan_of(app)
    use(app, source="marker", side=50.0)
    (error,) = app.error
    assert "Put the printed sheet flat on the wall" in error.value
    assert scan_of(app) is before  # and no other
    assert not app.session_state.get(state._SCALES)
    app.run()
    assert EN["scale.none"] in texts(app)


@pytest.mark.parametrize("wrong", [0.0, -1.0])
def test_what_is_no_scale_is_told(app, wrong):
    use(app, **{"per-pixel": wrong})
    assert "expected a positive number of millimetres" in app.error[0].value
    assert not app.session_state.get(state._SCALES)


def test_nothing_typed_is_told(app):
    press(app, "scale-apply")
    assert app.error[0].value == EN["scale.empty"]


def test_a_sheet_is_offered_where_it_fits_on_the_page(app):
    set_keys(app, **{"scale-source": "marker"})

    def sheet():
        (found,) = [each for each in app.get("download_button") if each.key == "scale-sheet"]
        return found

    assert sheet().label == EN["scale.sheet"].format(mm="50")
    assert not sheet().disabled
    set_keys(app, **{"scale-side": 300.0})
    assert sheet().disabled


def test_a_scan_that_is_under_way_goes_on_with_the_scale(monkeypatch):
    from crackxai import Cancelled
    from crackxai.inspection.scanner import Scanner

    whole = Scanner.advance

    def at_first(self, tiles=None, progress=None):
        whole(self, 5, progress)
        raise Cancelled("stopped")

    monkeypatch.setattr(Scanner, "advance", at_first)
    app = scanned(upload(app_at("app.py"), ("wall.png", wall(spot=32))))
    assert scan_of(app).tiles == 5
    judged = []
    monkeypatch.setattr(
        Scanner, "_judged", lambda self, boxes, old=Scanner._judged: judged.extend(boxes) or old(self, boxes)
    )
    monkeypatch.setattr(Scanner, "advance", whole)
    use(app, **{"per-pixel": 1.0})
    scanned(app)
    found = scan_by(app, StatedScale("number", 1.0))
    assert found.complete
    assert len(judged) >= found.total - 5
    assert len(set(judged[: found.total - 5])) == found.total - 5
    assert scan_by(app, None).tiles == 5
    # Back without a scale, nothing is left to judge either.
    count = len(judged)
    press(app, "scale-drop")
    scanned(app)
    assert scan_by(app, None).complete
    assert len(judged) == count


def test_removing_the_photo_forgets_its_scale(app):
    use(app, **{"per-pixel": 0.5})
    press(app, "remove")
    assert not app.session_state[state._SCALES]
