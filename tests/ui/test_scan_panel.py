"""A photo that is larger than the model can take in, on its page, without a browser."""

from __future__ import annotations

import hashlib
import json
import threading
import time

import cv2
import numpy as np
import pytest
import streamlit as st

from crackxai import Box, Cancelled
from crackxai.render import png
from crackxai.ui import resources, scan_panel, scans, state, viewer
from crackxai.ui.ranking import ranked
from crackxai.ui.state import Item
from tests import tiny
from tests.apps import EN, app_at, explained, item, press, set_keys, texts, upload, wait_for

pytestmark = pytest.mark.usefixtures("fresh_results")

SIDE = 225
"""Of a tile of the finest scale: each holds what the tiny model knows from its training."""
HEIGHT, WIDTH = 3 * SIDE, 4 * SIDE
CRACK = Box(top=330, bottom=345, left=100, right=800)


def wall(cracked: bool = True, spot: int = 0) -> bytes:
    """A sound wall of drawn concrete; or with a dark line across it, which the tiny model finds on every scale.

    ``spot`` makes another photo of it: brightness of one pixel.
    """
    tile = cv2.resize(tiny.samples()[1].rgb, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    row = np.hstack([tile, tile[:, ::-1]] * 2)  # mirrored, so that there are no joints
    rgb = np.vstack([row, row[::-1], row])
    if cracked:
        cv2.line(rgb, (CRACK.left, 335), (CRACK.right, 340), (30, 30, 30), 4)
    rgb[0, 0] = spot
    return png(rgb)


def scanned(app):
    """Wait for the scan, as the page's fragment does."""

    def done() -> bool:
        app.run()
        assert not app.exception
        return not app.session_state.get(state._SCAN_JOBS)

    wait_for(done)
    return app


@pytest.fixture
def app():
    return scanned(upload(app_at("app.py"), ("wall.png", wall())))


def scan_of(app):
    (key,) = app.session_state[state._SCANNED]
    return resources.scans().peek(key).scan()


def viewer_data(app) -> dict:
    (found,) = [each.proto for each in app.get("bidi_component") if each.proto.component_name == "crackxai_viewer"]
    return json.loads(found.json)


def test_a_large_photo_is_scanned_at_once(app):
    scan = scan_of(app)
    assert scan.complete
    assert scan.findings
    assert CRACK.left - 230 < scan.findings[0].box.left
    title = EN[f"scan.verdict-{scan.verdict}"].format(count=len(scan.counted))
    assert any(header.value.endswith(title) for header in app.header)
    assert f"Score {scan.score:.2f}" in texts(app)
    # Below it, what the network makes of all of it at once, said for what it is.
    assert EN["scan.whole"] in texts(app)
    assert "one of its pixels is 6 of the photo's" in texts(app)


def test_a_small_photo_is_not(served):
    app = app_at("app.py", sample="1")
    assert not app.session_state.get(state._SCANNED)
    assert EN["scan.whole"] not in texts(app)


def test_a_finding_opens_in_the_instrument(app, served):
    best = scan_of(app).findings[0]
    press(app, "finding-1")
    window = state_item(app).window(best.tile)
    assert resources.judged(served, window).probability == pytest.approx(best.highest, abs=1e-5)
    rows = EN["report.window-words"].format(**best.tile.as_dict())
    assert rows in texts(app)
    set_keys(app, masker="mean", max_evals=100)
    press(app, "explain")
    explained(app)
    (key,) = app.session_state[state._ASKED]
    assert key.photo == window.key
    assert EN["explanation.why"] in texts(app)
    # Its map lies at its place in the large photo.
    set_keys(app, **{"scan-layers": "maps"})
    (layer,) = viewer_data(app)["layers"]
    assert layer["box"] == [best.tile.top, best.tile.bottom, best.tile.left, best.tile.right]
    assert EN["scan.maps-words"] in texts(app)
    # The whole photo has another run, and none yet.
    press(app, "scan-back")
    assert EN["explanation.why"] not in texts(app)
    assert EN["scan.whole"] in texts(app)


def state_item(app) -> Item:
    return item(app)


def test_from_finding_to_finding(app):
    count = min(len(scan_of(app).findings), scan_panel.LISTED)
    assert app.button(key="scan-previous").disabled
    press(app, "scan-next")
    assert viewer_data(app)["look"] is not None
    for _ in range(count - 1):
        press(app, "scan-next")
    assert app.button(key="scan-next").disabled
    if count > 1:
        press(app, "scan-previous")
        assert not app.button(key="scan-next").disabled


def test_the_worst_findings_are_explained_one_after_another(app):
    worst = [finding.tile for finding in scan_of(app).findings[: scan_panel.WORST]]
    set_keys(app, masker="mean", max_evals=100)
    press(app, "explain-worst")
    explained(app)
    asked = [key.photo for key in app.session_state[state._ASKED]]
    assert asked == [state_item(app).window(box).key for box in worst]
    set_keys(app, **{"scan-layers": "maps"})
    assert len(viewer_data(app)["layers"]) == len(worst)


def test_what_the_viewer_is_given(app):
    scan = scan_of(app)
    data = viewer_data(app)
    assert data["size"] == [WIDTH, HEIGHT]
    (heat,) = data["layers"]
    assert heat["box"] == [0, HEIGHT, 0, WIDTH]
    assert [box["number"] for box in data["boxes"]] == list(range(1, len(scan.findings[: scan_panel.LISTED]) + 1))
    first = scan.findings[0]
    assert data["boxes"][0]["box"] == [first.box.top, first.box.bottom, first.box.left, first.box.right]
    assert f"{first.score:.2f}" in data["boxes"][0]["label"]
    assert data["detail"] is None


def test_a_sound_wall_has_no_findings():
    app = scanned(upload(app_at("app.py"), ("sound.png", wall(cracked=False))))
    assert any(EN["scan.verdict-no-crack"] in header.value for header in app.header)
    assert EN["scan.none"] in texts(app)
    assert not [button for button in app.button if button.key == "explain-worst"]


def test_a_scan_is_stopped_and_gone_on_with(monkeypatch):
    from crackxai.inspection.scanner import Scanner

    whole = Scanner.advance

    def at_first(self, tiles=None, progress=None):
        whole(self, 5, progress)
        raise Cancelled("stopped")

    monkeypatch.setattr(Scanner, "advance", at_first)
    app = scanned(upload(app_at("app.py"), ("wall.png", wall())))
    assert scan_of(app).tiles == 5
    assert "Stopped after 5 of" in texts(app)
    monkeypatch.setattr(Scanner, "advance", whole)
    press(app, "scan-go-on")
    scanned(app)
    assert scan_of(app).complete
    assert "Stopped after" not in texts(app)


def test_a_scan_that_was_given_up_can_be_had_again(app):
    resources.scans().clear()
    app.run()
    assert EN["scan.gone"] in texts(app)
    press(app, "scan-again")
    scanned(app)
    assert scan_of(app).complete


def test_it_is_scanned_once(app, served, monkeypatch):
    monkeypatch.setattr(served, "predict_with_features", lambda images: pytest.fail("the model was asked"))
    before = scan_of(app)
    press(app, "sample-1")
    app.session_state[state._SELECTED] = app.session_state[state._ITEMS][0].id
    app.run()
    assert not app.session_state.get(state._SCAN_JOBS)
    assert scan_of(app).findings == before.findings


def test_removing_the_photo_forgets_its_scan_and_its_windows():
    # Of a photo that no other session has, such as those of the tests above.
    app = scanned(upload(app_at("app.py"), ("wall.png", wall(spot=7))))
    press(app, "finding-1")
    set_keys(app, masker="mean", max_evals=50)
    press(app, "explain")
    explained(app)
    (scan_key,), (run_key,) = app.session_state[state._SCANNED], app.session_state[state._ASKED]
    press(app, "remove")
    assert resources.scans().peek(scan_key) is None
    assert resources.runs().peek(run_key) is None
    # Who brings it back finds it scanned again, and all of it in the instrument.
    scanned(upload(app, ("wall.png", wall(spot=7))))
    assert resources.scans().peek(scan_key).finished
    assert EN["scan.gone"] not in texts(app)
    assert EN["scan.whole"] in texts(app)


def test_the_photo_that_is_looked_at_is_scanned_first(monkeypatch):
    from crackxai.inspection.scanner import Scanner

    whole, go = Scanner.advance, threading.Event()
    monkeypatch.setattr(Scanner, "advance", lambda self, *args: (go.wait(60), whole(self, *args)))
    app = upload(app_at("app.py"), ("a.png", wall(spot=11)), ("b.png", wall(spot=12)))
    for each in app.session_state[state._ITEMS]:
        app.session_state[state._SELECTED] = each.id
        app.run()
        jobs = app.session_state[state._SCAN_JOBS]
        assert [key.name for key, job in jobs.items() if job.watched] == [each.name]
    go.set()
    scanned(app)


def test_removing_a_photo_stops_its_scan(monkeypatch):
    from crackxai.inspection.scanner import Scanner

    whole, stopped = Scanner.advance, []

    def slowly(self, tiles=None, progress=None):
        try:
            while True:  # until it is told to stop
                progress(self.tiles, self.total)
                time.sleep(0.05)
        except Cancelled:
            stopped.append(self)
            raise

    monkeypatch.setattr(Scanner, "advance", slowly)
    app = upload(app_at("app.py"), ("wall.png", wall(spot=9)))
    (key,) = app.session_state[state._SCAN_JOBS]
    press(app, "remove")
    wait_for(lambda: bool(stopped))
    monkeypatch.setattr(Scanner, "advance", whole)
    scanned(app)
    assert key not in app.session_state[state._SCANNED]
    assert resources.scans().peek(key) is None


def test_a_window_shares_the_pixels_of_the_photo():
    data = wall()
    whole = Item("wall.png", data, hashlib.sha256(data).hexdigest())
    window = whole.window(Box(10, 200, 20, 300))
    assert window.window(None) is whole
    assert window.window(Box(0, 50, 0, 50)).whole is whole
    assert np.shares_memory(resources.photo(window).rgb, resources.photo(whole).rgb)
    assert resources.photo(window).key == window.key
    assert window.id.whole == whole.id
    assert window.id != whole.id


def test_a_finished_scan_lets_the_pixels_go(served):
    item = Item("wall.png", wall(), "cd" * 32)
    scanner = resources.scanner(served, item, scans.key_of(served, item).settings)
    before = scanner.nbytes
    scanner.advance()
    assert scanner.finished
    assert before - scanner.nbytes == HEIGHT * WIDTH * 3
    assert scanner.scan().photo_name == "wall.png"
    assert scanner.scan().photo_size == (WIDTH, HEIGHT)
    scanner.advance()  # nothing is left to do


def test_what_is_seen_is_shown_with_a_margin_within_the_photo():
    photo = resources.photo(Item("wall.png", wall(), "ef" * 32))
    assert viewer.around(photo, Box(100, 200, 100, 300)) == Box(75, 225, 50, 350)
    assert viewer.around(photo, Box(0, 100, 800, WIDTH)) == Box(0, 125, 775, WIDTH)


def test_photos_are_ordered_by_their_scans_as_these_come_in(served):
    """The sound wall, whose squashed picture looks no less cracked than the other's, goes behind it."""
    app = scanned(upload(app_at("app.py"), ("sound.png", wall(cracked=False)), ("cracked.png", wall())))
    for each in list(app.session_state[state._ITEMS]):
        app.session_state[state._SELECTED] = each.id
        scanned(app)
    items = app.session_state[state._ITEMS]
    rows = [row for row, _ in ranked(served, items)]
    by_name = {each.name: scans.finished(served, each) for each in items}
    assert [row.item.name for row in rows] == ["cracked.png", "sound.png"]
    assert [row.score for row in rows] == [by_name[row.item.name].score for row in rows]
    assert [row.kind for row in rows] == [by_name[row.item.name].verdict for row in rows]
    # What a scan scored is no probability, and is not told as one.
    labels = [app.button(key=f"item-{number}").label for number in range(2)]
    assert [label.split()[-1] for label in labels] == [f"{row.score:.2f}" for row in rows]
    assert EN["overview.title"] in [each.label.split("  ·  ")[0] for each in app.expander]


def test_the_report_has_the_scan_and_the_maps_of_its_windows(monkeypatch):
    files = {}
    press_of = st.download_button
    monkeypatch.setattr(
        st,
        "download_button",
        lambda label, data, *args, key, **kwargs: (
            files.update({key: data}),
            press_of(label, data, *args, key=key, **kwargs),
        ),
    )
    app = scanned(upload(app_at("app.py"), ("wall.png", wall(spot=21))))
    best = scan_of(app).findings[0]
    assert EN["maps.overlay"] not in files["scan-file-report"]()
    press(app, "finding-1")
    set_keys(app, masker="mean", max_evals=50)
    press(app, "explain")
    explained(app)
    page = files["scan-file-report"]()
    assert EN["scan.opened"].format(number=1) in page
    assert EN["maps.overlay"] in page
    (key,) = app.session_state[state._ASKED]
    assert resources.runs().peek(key).explanation().values_sha256 in page
    assert EN["report.window-words"].format(**best.tile.as_dict()) in page
    # What was given up meanwhile is left out, and the rest is there.
    resources.runs().drop(lambda kept: kept == key)
    assert EN["maps.overlay"] not in files["scan-file-report"]()
