"""Names, addresses and cards that would be live text: on every page, nothing of them is more than text."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from google.protobuf.message import Message as Proto
from streamlit.testing.v1 import AppTest

from crackxai.inspection.records.facts import Inspection, PhotoFile
from crackxai.inspection.records.judgements import Judgement
from crackxai.inspection.records.sizes import Size
from crackxai.model.classifier import BUNDLED
from crackxai.render import png
from crackxai.ui import inspections, resources, state
from crackxai.ui.links import names
from tests.apps import app_at, explained, press, set_keys, upload
from tests.markdown import active
from tests.nasty import NASTY

pytestmark = pytest.mark.usefixtures("fresh_results")
ALL = " ".join(NASTY)
FOLDER = "**bold** :smile: [x](y) $x^2$ <b> &lt; `code`"
BLOCKS = ("bullet_list", "ordered_list", "list_item", "table", "thead", "tbody", "tr", "th", "td", "strong", "em")
OURS = {"hardbreak", "code_inline", *(f"{name}_{end}" for name in BLOCKS for end in ("open", "close"))}
"""What the catalogues' own texts are made of."""
ICONS = tuple(
    f":material/{name}:"
    for name in (
        "check_circle", "timelapse", "pending", "edit_note", "verified", "radio_button_unchecked", "report",
        "broken_image", "group",
    )
)  # fmt: skip
TYPED = ("text_input", "text_area", "arrow_data_frame")
"""Elements that show what they hold as it is; their labels are the catalogues'."""
PLAIN = {
    "alt",
    "url",
    "icon",
    "id",
    "form_id",
    "page_script_hash",
    "file_name",
    "data",
    "options",
    "css_selector",
    "spec",
}
"""Fields that the browser shows as they are, or not at all."""


def written(proto: Proto, inside: str = "") -> Iterator[tuple[str, str]]:
    """Every text of an element that Streamlit reads as Markdown, with where it stands."""
    for field, value in proto.ListFields():
        place = f"{inside}.{field.name}"
        if field.name in PLAIN:
            continue
        for each in value if isinstance(value, (list, tuple)) or hasattr(value, "append") else [value]:
            if isinstance(each, Proto):
                yield from written(each, place)
            elif isinstance(each, str):
                yield place, each


def elements(block) -> Iterator:
    for child in getattr(block, "children", {}).values():
        yield child
        yield from elements(child)


def assert_nothing_is_live(app: AppTest) -> str:
    """All that stands on the page as Markdown."""
    found = []
    for element in elements(app._tree):
        proto = getattr(element, "proto", None)
        if proto is None or element.type in ("html", "divider", "code", "bidi_component", *TYPED):
            continue
        for place, source in written(proto, element.type):
            for icon in ICONS:
                source = source.replace(icon, "")
            assert set(active(source)) <= OURS, (place, source)
            for construct in ("**bold**", "_italic_", "`code`"):
                assert construct not in source, (place, source)
            found.append(source)
    return "\n".join(found)


def assert_nothing_is_markup(app: AppTest) -> None:
    for html in app.get("html"):
        assert "evil" not in html.proto.body.split("<script>")[0]
        assert "<script>fetch" not in html.proto.body
        assert html.proto.body.count("<script>") == html.proto.body.count("</script>") <= 1


@pytest.fixture(scope="module")
def models(tmp_path_factory) -> Path:
    """A folder of one model, whose every word is nasty."""
    folder = tmp_path_factory.mktemp("models") / FOLDER
    shutil.copytree(BUNDLED, folder)
    card = json.loads((folder / "card.json").read_text("utf-8"))
    card |= {"name": ALL, "created": ALL, "command": ALL, "versions": {ALL: ALL}}
    card["data"] = dict.fromkeys(card["data"], ALL)
    card["recipe"] |= {"name": ALL, "weights": ALL}
    (folder / "card.json").write_text(json.dumps(card), "utf-8")
    return folder.parent


@pytest.fixture
def nasty(monkeypatch, models):
    monkeypatch.setenv("CRACKXAI_MODEL", str(models / FOLDER))
    monkeypatch.setenv("CRACKXAI_MODELS", str(models))


def test_addresses(nasty):
    for value in NASTY:
        app = app_at("app.py", **dict.fromkeys(names(), value))
        assert "evil" in value or len(app.warning) == len(names())
        assert_nothing_is_live(app)
        assert_nothing_is_markup(app)


def test_file_names_on_the_photo_page(nasty, sample_files):
    app = app_at("app.py")
    photos = [
        (f"{name}.png", png(np.roll(cv2.imread(str(sample_files[n % 4])), n, axis=0))) for n, name in enumerate(NASTY)
    ]
    upload(app, *photos, *((f"{name}.jpg", b"no photo") for name in NASTY))
    (error,) = app.error
    assert error.value.count("received 8 bytes") == len(NASTY)
    assert len(app.session_state[state._ITEMS]) == len(NASTY)
    press(app, "item-3")
    set_keys(app, masker="mean", max_evals=50)
    press(app, "explain")
    assert "evil" in assert_nothing_is_live(app)
    explained(app)
    assert_nothing_is_live(app)
    press(app, "erase")
    for _ in NASTY[1:]:
        press(app, "next") if not app.button(key="next").disabled else None
        assert_nothing_is_live(app)
    assert_nothing_is_markup(app)


@pytest.mark.parametrize("page", ["compare", "model", "guide"])
def test_names_and_cards_on_the_other_pages(nasty, sample_files, page):
    app = app_at(f"pages/{page}.py")
    sample = resources.samples()[0]
    app.session_state[state._ITEMS] = [dataclasses.replace(sample, name=name, sample=None) for name in NASTY]
    app.session_state[state._SELECTED] = app.session_state[state._ITEMS][0]
    app.run()
    assert not app.exception
    if page == "compare":
        set_keys(app, **{"compare-maskers": [0, 3], "compare-budget": 100})
        press(app, "compare")
        explained(app)
    assert_nothing_is_live(app)
    assert_nothing_is_markup(app)


def test_a_model_that_cannot_be_loaded(monkeypatch, tmp_path):
    monkeypatch.setenv("CRACKXAI_MODEL", str(tmp_path / ALL[:200].replace("/", ":")))
    app = app_at("app.py")
    assert len(app.error) == 1
    assert_nothing_is_live(app)


def test_inspections(nasty):
    records = inspections.records()
    records._person = lambda: ALL[:200]
    facts = Inspection(ALL, ALL, ALL, ALL, "", ALL, ALL)
    inspection = records.add_inspection(facts).inspection
    for number, name in enumerate(NASTY):
        sha256 = hashlib.sha256(str(number).encode()).hexdigest()
        photo = PhotoFile(name, sha256, 4, 3, 9, path=f"/nowhere/{name}", element=name, place=name)
        records.add_photo(inspection, photo)
        doubt = {"kind": name, "words": name}
        judgement = Judgement(name, name, {}, "crack", 0.9, 0.5, 0.1, (doubt,))
        records.add_judgement(inspection, sha256, judgement)
        records.decide(inspection, sha256, "no-crack", "other", name)
        records.add_size(inspection, sha256, Size("class", size_class=name, scale=name))
    records.sign_off(inspection, ALL)
    app = app_at("app.py").switch_page("pages/inspection.py").run()
    listed = assert_nothing_is_live(app)
    assert "evil" in listed
    press(app, f"open-{inspection[:12]}")
    assert_nothing_is_live(app)
    for view in ("table", "one"):
        app.segmented_control(key="inspection-view").set_value(view).run()
        assert not app.exception
        assert "evil" in assert_nothing_is_live(app)
    for _ in NASTY[1:]:
        press(app, next(button.key for button in app.button if button.key.startswith("step-next-")))
        assert_nothing_is_live(app)
    for part in ("sign-off", "particulars"):
        app.segmented_control(key="inspection-part").set_value(part).run()
        assert not app.exception
        assert_nothing_is_live(app)
    assert_nothing_is_markup(app)
