"""The page of inspections without a browser: a whole journey, and what goes wrong."""

from __future__ import annotations

import pytest

from crackxai.ui import inspections
from tests.apps import address, app_at, press, texts, upload

PAGE = "pages/inspection.py"

pytestmark = pytest.mark.usefixtures("fresh_results")


class Person:
    """Who decides and signs."""

    name = "ada"

    def __call__(self) -> str:
        return self.name


@pytest.fixture
def person(own_records):
    found = Person()
    inspections.records()._person = found
    return found


def send(app, key: str, **values: object):
    """Fill in fields of a form by their keys and send it."""
    kinds = ("text_input", "text_area", "date_input", "checkbox", "number_input")
    fields = {field.key: field for kind in kinds for field in app.get(kind)}
    for name, value in values.items():
        fields[name].set_value(value)
    return press(app, key)


def begun(**values: object):
    """A page with an inspection that was begun on it."""
    app = app_at(PAGE)
    return send(app, "begin-send", **{"begin-name": "Bridge 7, spring", **{f"begin-{k}": v for k, v in values.items()}})


def keys(app) -> list[str]:
    return [button.key for button in app.button]


def found(app, beginning: str) -> str:
    return next(key for key in keys(app) if key and key.startswith(beginning))


def only():
    (row,) = inspections.records().inspections()
    return inspections.dossier(row.inspection)


def with_photos(sample_files, **values: object):
    """Four photos uploaded on page Photo (cracked, sound, cracked, sound) and added to a new inspection."""
    app = app_at("app.py")
    upload(app, *((path.name, path.read_bytes()) for path in sample_files))
    app.switch_page(PAGE).run()
    assert not app.exception
    send(app, "begin-send", **{"begin-name": "Bridge 7", **{f"begin-{k}": v for k, v in values.items()}})
    return press(app, "add-session")


def test_begin(person):
    app = begun(element="pier 2")
    facts = only().facts.said
    assert (facts.name, facts.element) == ("Bridge 7, spring", "pier 2")
    print(texts(app), keys(app))
    assert f"&inspection={only().id}" in address(app)


def test_photos(person, sample_files):
    app = with_photos(sample_files)
    print(texts(app), keys(app))
    app.segmented_control(key="inspection-view").set_value("one").run()
    assert not app.exception
    print(texts(app), keys(app))
    app.segmented_control(key="inspection-view").set_value("table").run()
    assert not app.exception
    print(texts(app), keys(app))
    for part in ("sign-off", "particulars"):
        app.segmented_control(key="inspection-part").set_value(part).run()
        assert not app.exception
        print(texts(app), keys(app))
    assert 0
