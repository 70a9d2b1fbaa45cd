"""What becomes of files that are handed over, without a browser."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from crackxai.ui import session_return, state, uploads
from crackxai.ui.text import catalogue
from tests.apps import app_at, item, press, texts, upload

pytestmark = pytest.mark.usefixtures("fresh_results")


def photo(grey: int, kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (160, 160), (grey, grey, grey)).save(out, kind)
    return out.getvalue()


@pytest.fixture
def app():
    return app_at("app.py", lang="en")


def names(app) -> list[str]:
    return [each.name for each in app.session_state[state._ITEMS]]


def errors(app) -> str:
    return "\n".join(error.value for error in app.error).replace("\\", "")


def test_the_uploader_takes_every_name_and_leaves_the_judging_to_the_page(app):
    (widget,) = app.get("file_uploader")
    assert list(widget.proto.type) == []
    odd = ["DSCF0001.HIF", "old.jfif", "one.jpe", "DJI.MPO", "noending", ".hidden", "wall.jpg.part"]
    upload(app, *((name, photo(100 + number)) for number, name in enumerate(odd)))
    assert names(app) == odd
    assert not app.error


def test_each_file_that_is_not_taken_is_told_with_its_reason(app):
    upload(
        app,
        ("good.jpg", photo(120)),
        ("large.jpg", b"\xff\xd8" + bytes(52 * 2**20)),
        ("notes.txt", b"not a photo"),
        ("empty.png", b""),
    )
    assert names(app) == ["good.jpg"]
    for told in ("large.jpg: expected at most 50 MB, received 52.0 MB", "notes.txt: expected", "empty.png: expected"):
        assert told in errors(app)
    # The next upload's words replace them.
    upload(app, ("bad.jpg", b"no"))
    assert "bad.jpg" in errors(app)
    assert "large.jpg" not in errors(app)


def test_the_same_photo_again_is_told_and_selected(app):
    upload(app, ("one.jpg", photo(100)), ("two.jpg", photo(140)))
    other = next(each for each in app.session_state[state._ITEMS] if each != item(app))
    upload(app, (other.name, other.data))
    assert len(names(app)) == 2
    assert item(app) == other
    assert "was here already" in texts(app)
    assert not app.error


@pytest.mark.parametrize("language", ["en", "zh-Hant"])
@pytest.mark.parametrize("kind", [*uploads.FAILURES, "something new"])
def test_what_the_browser_could_not_hand_over_is_told_in_the_engineers_language(language, kind):
    app = app_at("app.py", lang=language)
    file = {"name": "wall.tif", "size": "136.3MB", "why": "Network Error", "kind": kind}
    # As the browser's script tells it, before the page is drawn.
    app.session_state[state._PROBLEMS] = []
    told = uploads.failure(file)
    app.session_state[state._PROBLEMS].append(told)
    app.run()
    expected = catalogue(language)[f"upload.{kind if kind in uploads.FAILURES else 'cut-off'}"]
    facts = {"name": "wall.tif", "received": "136.3MB", "most": 50, "why": "Network Error"}
    assert expected.format(**facts) in errors(app)
    press(app, "dismiss")
    assert not app.error


def test_words_about_one_upload_stay_together_and_each_is_said_once(monkeypatch):
    session: dict = {}
    monkeypatch.setattr(state.st, "session_state", session)
    for words, number in (("a", 0), ("b", 0), ("a", 0)):
        state.tell_problem(words, number)
    assert state.problems() == ["a", "b"]
    state.tell_problem("c", 1)
    assert state.problems() == ["c"]


def test_compare_says_that_ones_own_photo_is_gone_instead_of_showing_a_sample():
    app = app_at("pages/compare.py", lang="en")
    assert app.button(key="compare")  # a first visitor gets a sample
    app.session_state[session_return._LOST] = 2
    app.run()
    assert "This tab had 2 photos of yours" in "\n".join(warning.value for warning in app.warning)
    assert not [button for button in app.button if button.key == "compare"]
    assert app.selectbox[0].value is None
    # Whoever then chooses a sample has chosen it.
    app.selectbox[0].set_value(2).run()
    assert not app.exception
    assert app.button(key="compare")
    assert item(app).sample == 3
    assert not app.warning


def test_what_comes_back_is_ones_own_and_what_the_address_asks_for_stays():
    held = {state._ITEMS: ["photo"], state._SELECTED: "photo", state._ASKED: {"photo": "run"}, "opacity": 30}
    session: dict = {state._SELECTED: "sample 3"}
    session_return.adopt(held, session)
    assert session == held | {state._SELECTED: "sample 3"}
    session[state._ITEMS].append("another")
    session[state._ASKED].clear()
    assert held[state._ITEMS] == ["photo"]
    assert held[state._ASKED] == {"photo": "run"}
    linked: dict = {state._INSPECTION: "asked for"}
    session_return.adopt({state._INSPECTION: "held"}, linked)
    assert linked[state._INSPECTION] == "asked for"
    empty: dict = {state._SELECTED: None}
    session_return.adopt(held, empty)
    assert empty[state._SELECTED] == "photo"
