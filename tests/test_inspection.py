"""The page of inspections without a browser: a whole journey, and what goes wrong."""

from __future__ import annotations

import datetime
import hashlib

import pytest

from crackxai.inspection.records import rows
from crackxai.inspection.records.chain import Cover
from crackxai.inspection.records.facts import Inspection, PhotoFile
from crackxai.inspection.records.judgements import Judgement
from crackxai.texts import catalogue
from crackxai.ui import inspection_session as session
from crackxai.ui import inspections, state
from tests.apps import EN, address, app_at, explained, press, texts, upload
from tests.inspection.records.conftest import Person

PAGE = "pages/inspection.py"

pytestmark = pytest.mark.usefixtures("fresh_results")


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


def sha(number: int) -> str:
    """Of a photo that exists nowhere."""
    return hashlib.sha256(str(number).encode()).hexdigest()


def answered(*answers: tuple[str, float]) -> str:
    """An inspection of that many photos that exist nowhere, with these answers of the machine."""
    records = inspections.records()
    inspection = records.add_inspection(Inspection("Bridge 7", element="pier")).inspection
    for number, (verdict, probability) in enumerate(answers, start=1):
        sha256 = sha(number)
        records.add_photo(inspection, PhotoFile(f"IMG_{number}.jpg", sha256, 40, 30, 9, path=f"/nowhere/{number}.jpg"))
        settings = {"of": "photo", "threshold": 0.5, "band": 0.1}
        judgement = Judgement("tiny", "ef" * 32, settings, verdict, probability, 0.5, 0.1)
        records.add_judgement(inspection, sha256, judgement)
    return inspection


def opened(**query: str):
    """The page as a part of the whole app, so that others can be gone to."""
    app = app_at("app.py", **query).switch_page(PAGE).run()
    assert not app.exception
    return app


def at(inspection: str, view: str = "gallery"):
    app = opened(inspection=inspection)
    return choose(app, "inspection-view", view) if view != "gallery" else app


def choose(app, key: str, value: str):
    app.segmented_control(key=key).set_value(value).run()
    assert not app.exception
    return app


def decide(app, verdict: str):
    return press(app, found(app, f"decide-{verdict}-"))


def decisions(inspection: str) -> list[tuple[str, str, str, str]]:
    made = inspections.records().decisions(inspection)
    numbers = {sha(number): str(number) for number in range(1, 10)}
    return [(numbers[str(each.sha256)], each.said.who, each.said.verdict, each.said.reason) for each in made]


def test_an_inspection_needs_a_name_and_keeps_what_was_typed(person):
    app = opened()
    assert EN["inspection.words"] in texts(app)
    send(app, "begin-send", **{"begin-name": "  ", "begin-place": "north face"})
    assert EN["inspection.name-needed"] in texts(app)
    assert inspections.records().inspections() == ()
    assert app.text_input(key="begin-place").value == "north face"
    send(app, "begin-send", **{"begin-name": "Bridge 7, *spring*"})
    facts = only().facts.said
    assert (facts.name, facts.place, facts.date) == (
        "Bridge 7, *spring*",
        "north face",
        datetime.date.today().isoformat(),
    )
    assert "Bridge 7\\, \\*spring\\*" in texts(app)
    assert f"&inspection={only().id}" in address(app)
    # It is still chosen on other pages, and after them.
    app.switch_page("pages/guide.py").run()
    assert f"&inspection={only().id}" in address(app)
    app.switch_page(PAGE).run()
    assert EN["inspection.empty"] in texts(app)
    press(app, "all-inspections")
    assert "1 recorded" in texts(app)
    assert "inspection=" not in address(app)
    press(app, found(app, "open-"))
    assert EN["inspection.empty"] in texts(app)


def test_an_address_leads_to_a_photo_of_an_inspection(person):
    """A session that begins anew, as on another server, goes on where the last one was."""
    inspection = answered(("crack", 0.9), ("crack", 0.8), ("no-crack", 0.1))
    app = at(inspection, "one")
    assert f"&inspection={inspection}&photo={sha(1)[:12]}" in address(app)
    press(app, found(app, "step-next-"))
    assert f"&photo={sha(2)[:12]}" in address(app)
    again = opened(inspection=inspection, photo=sha(2)[:12])
    assert found(again, "decide-crack-") == f"decide-crack-{sha(2)[:12]}"
    assert "**2 of 3**" in texts(again)
    assert f"&photo={sha(2)[:12]}" in address(again)
    decide(again, "crack")
    assert decisions(inspection) == [("2", "ada", "crack", "")]
    choose(again, "inspection-view", "gallery")
    assert "photo=" not in address(again)


@pytest.mark.parametrize("asked", ["0" * 12, "<b>", sha(1)])
def test_an_address_of_a_photo_that_is_not_there_is_told(person, asked):
    inspection = answered(("crack", 0.9))
    app = opened(inspection=inspection, photo=asked)
    said = texts(app)
    assert EN["link.photo"] in said or EN["inspection.unknown-photo"].format(id=asked) in said
    assert app.session_state["inspection-view"] == "gallery"
    assert "photo=" not in address(app)
    other = app_at(PAGE, photo=sha(1)[:12])
    assert EN["link.photo"] in texts(other)


def test_an_address_of_none_is_told(person):
    app = app_at(PAGE, inspection="<b>f00</b>")
    assert "\\<b\\>f00" in texts(app)
    assert EN["link.inspection"] in texts(app)
    app = app_at(PAGE, inspection="0" * 32)
    assert "0" * 32 in app.warning[0].value
    assert EN["inspection.words"] in texts(app)
    app.run()
    assert not app.warning


def test_from_photos_of_the_session_to_a_sign_off_that_an_edit_voids(person, sample_files):
    app = with_photos(sample_files, structure="Bridge 7", inspector="Ada")
    dossier = only()
    assert [each.name for each in dossier.photos] == [path.name for path in sample_files]
    assert all(each.photo.said.stored for each in dossier.photos)
    assert all(each.machine for each in dossier.photos)
    assert app.session_state["inspection-view"] == "gallery"
    assert len([key for key in keys(app) if key.startswith("look-")]) == 4
    assert "0 of 4 decided" in app.get("progress")[-1].proto.text

    # One at a time, each decided as the machine says; where it wants a review, sound.
    choose(app, "inspection-view", "one")
    for place in range(4):
        assert f"**{place + 1} of 4**" in texts(app)
        look = session_look(app, dossier.id)
        machine = dossier.photo(look.place).machine
        decide(app, "no-crack" if machine == "review" else machine)
    assert "That was the last photo" in texts(app)
    assert only().by_people[None] == 0

    choose(app, "inspection-part", "sign-off")
    said = texts(app)
    assert EN["lack.place"] in said
    assert EN["lack.element"] in said
    assert EN["lack.own-review"] in said
    assert EN["lack.inspector"] not in said
    press(app, "sign-off")
    assert EN["sign.needs-tick"] in texts(app)
    assert only().sign_offs == ()
    tick = next(box.key for box in app.checkbox if box.key.startswith("sign-tick"))
    send(app, "sign-off", **{tick: True, f"sign-remarks-{dossier.id[:12]}": "seen on site"})
    (signed,) = only().sign_offs
    assert (signed.valid, signed.row.said.who, signed.row.said.remarks) == (True, "ada", "seen on site")
    assert signed.row.said.missing == ("place", "element", "own-review")
    assert signed.row.said.covers == dossier_before_sign(signed)
    assert app.code[0].value == signed.row.said.covers
    assert "Signed although missing: place; element; own work reviewed" in texts(app)

    choose(app, "inspection-part", "particulars")
    assert "voids that sign-off" in texts(app)
    key = f"edit-{dossier.id[:12]}"
    press(app, f"{key}-send")
    assert EN["inspection.same"] in texts(app)
    assert only().signed is not None
    send(app, f"{key}-send", **{f"{key}-place": "north face"})
    assert only().signed is None
    choose(app, "inspection-part", "sign-off")
    assert "was voided by other particulars" in texts(app)
    assert EN["lack.place"] not in texts(app)


def session_look(app, inspection: str):
    return app.session_state[session._LOOKS][inspection]


def dossier_before_sign(signed) -> str:
    """The hash over the rows before the sign-off, from the chain."""
    with inspections.records()._reading() as connection:
        links = rows.chain_of(connection, signed.row.inspection)
    return Cover(link.hash for link in links if link.number < signed.row.number).hash


def test_an_override_waits_for_its_reason(person):
    inspection = answered(("crack", 0.9), ("no-crack", 0.1))
    app = at(inspection, "one")
    decide(app, "no-crack")
    assert decisions(inspection) == []
    assert "though the machine says Crack" in texts(app)
    assert not [key for key in keys(app) if key.startswith("decide-")]
    press(app, found(app, "reason-other-"))
    assert EN["deciding.other-needs"] in texts(app)
    assert decisions(inspection) == []
    field = next(each for each in app.text_input if each.key.startswith("reason-text-"))
    field.set_value(" a *pipe* ").run()
    press(app, found(app, "reason-other-"))
    assert decisions(inspection) == [("1", "ada", "no-crack", "other")]
    assert "**2 of 2**" in texts(app)
    press(app, found(app, "step-previous-"))
    assert "overrides the machine (Crack) · Other (in words): “a \\*pipe\\*”" in texts(app)
    # Asked again, it can be left.
    decide(app, "review")
    press(app, found(app, "no-reason-"))
    assert len(decisions(inspection)) == 1
    # A reason once given is not taken for another decision.
    decide(app, "crack")
    assert decisions(inspection)[-1] == ("1", "ada", "crack", "")


def test_a_second_person_stands_beside_the_first(person):
    inspection = answered(("crack", 0.9))
    app = at(inspection, "one")
    decide(app, "crack")
    person.name = "bob"
    app.run()
    decide(app, "no-crack")
    press(app, found(app, "reason-stain-"))
    said = texts(app)
    assert "**ada:** ▲ Crack" in said
    assert "**bob:** ▽ No crack" in said
    assert EN["triage.disputed"] in said
    assert [each.said.who for each in only().photos[0].of_photo] == ["ada", "bob"]


def test_going_through_keeps_its_order_whatever_is_decided(person):
    inspection = answered(("crack", 0.9), ("crack", 0.8), ("no-crack", 0.1))
    app = at(inspection)
    app.pills(key="filter-decided").set_value(["undecided"]).run()
    choose(app, "inspection-view", "one")
    decide(app, "crack")
    assert "**2 of 3**" in texts(app)  # the first is decided, and not asked for any more
    press(app, found(app, "step-previous-"))
    assert "**1 of 3**" in texts(app)
    assert "**ada:** ▲ Crack" in texts(app)
    choose(app, "inspection-view", "gallery")
    assert app.pills(key="filter-decided").value == ["undecided"]
    assert len([key for key in keys(app) if key.startswith("look-")]) == 2


def test_filters_and_orders_stay_through_pages(person):
    inspection = answered(("crack", 0.9), ("no-crack", 0.1), ("crack", 0.7))
    app = at(inspection)
    shown = lambda: [each.label for each in app.button if each.key.startswith("look-")]  # noqa: E731
    assert shown() == ["IMG\\_1\\.jpg", "IMG\\_3\\.jpg", "IMG\\_2\\.jpg"]
    choose(app, "inspection-order", "name")
    assert shown() == ["IMG\\_1\\.jpg", "IMG\\_2\\.jpg", "IMG\\_3\\.jpg"]
    app.pills(key="filter-machine").set_value(["crack"]).run()
    app.text_input(key="filter-text").set_value("_3").run()
    assert shown() == ["IMG\\_3\\.jpg"]
    app.switch_page("pages/guide.py").run()
    app.switch_page(PAGE).run()
    assert not app.exception
    assert shown() == ["IMG\\_3\\.jpg"]
    app.text_input(key="filter-text").set_value("none such").run()
    assert EN["inspection.none-shown"] in texts(app)
    press(app, "no-filter")
    assert shown() == ["IMG\\_1\\.jpg", "IMG\\_2\\.jpg", "IMG\\_3\\.jpg"]


def test_several_at_once_with_a_reason_for_those_that_override(person):
    inspection = answered(("crack", 0.9), ("no-crack", 0.1), ("review", 0.5))
    app = at(inspection)
    assert app.button(key="decide-no-crack-several").disabled
    press(app, "mark-page")
    assert "**3 selected**" in texts(app)
    press(app, "decide-no-crack-several")
    assert "for 3 photos; of 1 the machine says another thing" in texts(app)
    press(app, found(app, "reason-joint-"))
    assert sorted(decisions(inspection)) == [
        ("1", "ada", "no-crack", "joint"), ("2", "ada", "no-crack", ""), ("3", "ada", "no-crack", ""),
    ]  # fmt: skip
    assert "recorded for 3 photos" in texts(app)
    assert "**0 selected**" in texts(app)
    # One box, then one by one.
    next(box for box in app.checkbox if box.key.startswith("mark-")).check().run()
    assert "**1 selected**" in texts(app)
    press(app, "one-by-one")
    assert "**1 of 1**" in texts(app)


def test_an_answer_that_changed_meanwhile_is_not_decided_on(person):
    inspection = answered(("crack", 0.9))
    app = at(inspection, "one")
    settings = {"of": "photo", "threshold": 0.9}
    new = Judgement("tiny", "ef" * 32, settings, "no-crack", 0.8, 0.9, 0.0)
    inspections.records().add_judgement(inspection, sha(1), new)
    decide(app, "crack")
    assert EN["deciding.changed"] in texts(app)
    assert decisions(inspection) == []
    # What is shown now is the new answer, "no crack"; while the reason is asked for, yet another comes.
    decide(app, "crack")
    inspections.records().add_judgement(inspection, sha(1), new)
    press(app, found(app, "reason-shadow-"))
    assert EN["deciding.changed"] in texts(app)
    assert decisions(inspection) == []
    decide(app, "crack")
    press(app, found(app, "reason-fine-crack-missed-"))
    assert decisions(inspection) == [("1", "ada", "crack", "fine-crack-missed")]


def test_a_sign_off_of_what_somebody_wrote_to_meanwhile_is_refused(person):
    inspection = answered(("crack", 0.9))
    app = choose(at(inspection), "inspection-part", "sign-off")
    inspections.records().decide(inspection, sha(1), "crack")
    tick = next(box.key for box in app.checkbox if box.key.startswith("sign-tick"))
    send(app, "sign-off", **{tick: True})
    assert EN["sign.changed"] in texts(app)
    assert only().sign_offs == ()


def test_what_is_missing_leads_to_its_photos(person):
    inspection = answered(("crack", 0.9), ("no-crack", 0.1))
    inspections.records().decide(inspection, sha(1), "crack")
    app = choose(at(inspection), "inspection-part", "sign-off")
    assert "Photos that nobody decided on: 1." in texts(app)
    press(app, "lack-undecided")
    assert [each.label for each in app.button if each.key.startswith("look-")] == ["IMG\\_2\\.jpg"]
    choose(app, "inspection-part", "sign-off")
    press(app, "lack-place")
    assert f"edit-{inspection[:12]}-send" in keys(app)


def test_a_photo_that_is_not_where_it_was_is_told_and_can_be_decided_on(person):
    inspection = answered(("crack", 0.9))
    app = at(inspection)
    assert "received nothing there" in texts(app)
    choose(app, "inspection-view", "one")
    assert "received nothing there" in texts(app)
    press(app, found(app, "instrument-"))
    assert "received nothing there" in app.error[0].value
    decide(app, "crack")
    assert len(decisions(inspection)) == 1


def test_delete_needs_a_reason_and_the_name(person):
    inspection = answered(("crack", 0.9))
    app = choose(at(inspection), "inspection-part", "particulars")
    assert "- photos: 1" in texts(app)
    assert "3 rows in all" in texts(app)
    for values in (
        {"delete-reason": "", "delete-name": "Bridge 7"},
        {"delete-reason": "a test", "delete-name": "Bridge"},
    ):
        send(app, "delete-it", **values)
        assert EN["inspection.delete-needs"] in texts(app)
        assert len(inspections.records().inspections()) == 1
    inspections.records().decide(inspection, sha(1), "crack")
    send(app, "delete-it", **{"delete-name": "Bridge 7"})
    assert EN["inspection.goes-changed"] in texts(app)
    send(app, "delete-it")
    assert inspections.records().inspections() == ()
    assert "Bridge 7 was deleted" in texts(app)
    assert EN["inspection.words"] in texts(app)


def test_particulars_that_somebody_else_wrote_meanwhile_are_not_written_over_unseen(person):
    inspection = answered()
    app = choose(at(inspection), "inspection-part", "particulars")
    key = f"edit-{inspection[:12]}"
    inspections.records().edit_inspection(inspection, Inspection("Bridge 8"))
    send(app, f"{key}-send", **{f"{key}-place": "top"})
    assert EN["inspection.edited-meanwhile"] in texts(app)
    assert only().facts.said.name == "Bridge 8"
    assert app.text_input(key=f"{key}-place").value == "top"
    press(app, f"{key}-send")
    assert only().facts.said.place == "top"


def test_a_size_and_a_rating_are_what_a_person_typed(person):
    inspection = answered(("crack", 0.9), ("crack", 0.8))
    app = at(inspection, "one")
    send(app, found(app, "record-size-"))
    assert EN["size.needs-measured"] in texts(app)
    of_it = sha(1)[:12] + "-0"
    send(app, f"record-size-{of_it}", **{f"size-mm-{of_it}": 0.3, f"size-tool-{of_it}": "ruler"})
    (row,) = inspections.records().sizes(inspection)
    assert (row.said.size.kind, row.said.size.mm, row.said.size.tool, row.said.size.error_mm) == (
        "measured", 0.3, "ruler", None,
    )  # fmt: skip
    app.radio(key=f"rating-scale-{of_it}").set_value("mlit").run()
    assert "check with your authority" in texts(app)
    press(app, f"record-rating-{of_it}")
    assert "Expected a value for each of soundness" in texts(app)
    app.pills(key=f"rating-mlit-soundness-{of_it}").set_value("II")
    press(app, f"record-rating-{of_it}")
    (rating,) = inspections.records().ratings(inspection)
    assert rating.said.values == {"soundness": "II"}
    # Nothing that was typed for this photo is in the form of the next.
    press(app, found(app, "step-next-"))
    assert [each.value for each in app.number_input] == [None, None]
    assert not [each.value for each in app.text_input if each.value]


def test_the_instrument_is_one_click_away(person, sample_files):
    app = with_photos(sample_files)
    choose(app, "inspection-view", "one")
    place = session_look(app, only().id).place
    app.session_state[state._ITEMS].clear()
    app.session_state[state._SELECTED] = None
    press(app, found(app, "instrument-"))
    assert [each.sha256 for each in app.session_state[state._ITEMS]] == [place]


def test_in_chinese(person):
    app = at(answered(("crack", 0.9)))
    choose(app, "language", "zh-Hant")
    zh = catalogue("zh-Hant")
    assert zh["inspection.undecided"] in texts(app)
    decide_key = found(app, "decide-crack-")
    press(app, "mark-page")
    press(app, decide_key)
    assert zh["verdict.crack"] in texts(app)
    assert only().photos[0].decided == "crack"


def test_records_that_cannot_be_opened_are_told_and_other_pages_work(monkeypatch, tmp_path):
    (tmp_path / "records.sqlite").write_bytes(b"no database" * 100)
    monkeypatch.setenv("CRACKXAI_DB", str(tmp_path / "records.sqlite"))
    app = opened()
    assert "cannot be used" in app.error[0].value
    app.switch_page("pages/guide.py").run()
    assert not app.exception
    assert not app.error


def test_from_page_photo_with_the_map_that_is_shown(person, sample_files):
    app = app_at("app.py", sample="1", masker="mean", max_evals="50")
    assert "add-to-inspection" not in keys(app)  # a drawn sample is of no structure
    upload(app, (sample_files[0].name, sample_files[0].read_bytes()))
    inspection = answered()
    app.session_state[state._INSPECTION] = inspection
    app.run()
    press(app, "add-to-inspection")
    (photo,) = only().photos
    assert inspections.records().explanations(inspection) == ()
    press(app, "explain")
    explained(app)
    for _ in range(2):
        press(app, "add-to-inspection")
    (kept,) = inspections.records().explanations(inspection)
    assert kept.said.judgement == photo.judgement.number
    assert kept.said.record["photo"]["sha256"] == photo.sha256
    assert kept.said.channel_values.shape == (150, 150, 3)
    # It is drawn over the photo where that is looked at.
    app.switch_page(PAGE).run()
    choose(app, "inspection-view", "one")
    choose(app, "recorded-over", "map")
    assert "The map that was recorded, of 5" in texts(app)
