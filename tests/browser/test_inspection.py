"""An inspection in a real browser: triage by keys, an override with its reason, a sign-off, an edit that voids it."""

from __future__ import annotations

import getpass
import re

import pytest

from crackxai.inspection.dossier import read_dossier
from crackxai.inspection.records.facts import Inspection, PhotoFile
from crackxai.inspection.records.judgements import Judgement
from crackxai.inspection.records.records import open_records
from crackxai.photo import read_photo
from crackxai.texts import LANGUAGES
from tests.browser.driver import SECONDS, button, fits, idle, shows_no_trace
from tests.browser.test_looks import grave_faults_that_stay

ANSWERS = (("crack", 0.97), ("no-crack", 0.04), ("review", 0.5), ("crack", 0.9))


@pytest.fixture
def records(server):
    with open_records(server.records) as opened:
        yield opened


@pytest.fixture
def inspection(records, sample_files) -> str:
    """Four photos with answers written by hand; by suspicion they are 1, 4, 3, 2."""
    begun = records.add_inspection(Inspection("Bridge 7", "Bridge 7", "pier 2", "", "2026-03-01", "Ada")).inspection
    for path, (verdict, probability) in zip(sample_files, ANSWERS, strict=True):
        data = path.read_bytes()
        photo = read_photo(data, path.name)
        records.add_photo(begun, PhotoFile.of(photo, data, path))
        settings = {"of": "photo", "precision": "exact", "threshold": 0.5, "band": 0.2}
        records.add_judgement(
            begun, photo.sha256, Judgement("tiny", "ef" * 32, settings, verdict, probability, 0.5, 0.2)
        )
    return begun


def at(page, place: int) -> None:
    page.get_by_text(re.compile(rf"^{place} of 4$")).wait_for()
    idle(page)


def view(page, place: int) -> None:
    page.locator(".st-key-inspection-view button").nth(place).click()
    idle(page)


def part(page, place: int) -> None:
    page.locator(".st-key-inspection-part button").nth(place).click()
    idle(page)


def said(records, inspection: str) -> list[tuple[str, str]]:
    return [(each.said.verdict, each.said.reason) for each in records.decisions(inspection)]


def test_triage_by_keys_then_a_sign_off_and_an_edit_that_voids_it(visit, records, inspection):
    page = visit(f"inspection?inspection={inspection}&lang=en", 1366, 768)
    page.locator("[class*=st-key-tile-]").nth(3).wait_for()
    idle(page)
    view(page, 2)
    at(page, 1)
    # The photo and what decides on it are seen at once on a laptop.
    for key in ("decide-crack-", "step-next-", "recorded-picture"):
        box = page.locator(f"[class*=st-key-{key}]").first.bounding_box()
        assert box["y"] >= 0
        assert box["y"] + min(box["height"], 400) <= 768
    page.keyboard.press("c")
    at(page, 2)
    assert said(records, inspection) == [("crack", "")]

    # The machine says crack: another decision is asked for its reason, and waits for it.
    page.keyboard.press("s")
    page.locator(".st-key-asking").wait_for()
    idle(page)
    assert len(said(records, inspection)) == 1
    page.keyboard.press("1")
    at(page, 3)
    assert said(records, inspection)[-1] == ("no-crack", "shadow")

    page.keyboard.press("ArrowRight")
    at(page, 4)
    page.keyboard.press("p")
    at(page, 3)
    # The focus of who tabs to the buttons goes on to those of the next photo.
    button(page, "triage [class*=st-key-decide-review-]").focus()
    page.keyboard.press("Enter")
    at(page, 4)
    page.wait_for_function("document.activeElement.closest('[class*=st-key-decide-review-]')")
    page.keyboard.press("p")
    at(page, 3)
    page.keyboard.press("r")
    at(page, 4)
    assert said(records, inspection)[2:] == [("review", ""), ("review", "")]

    # Keys belong to the field that is typed into.
    page.keyboard.press("c")
    field = page.locator(".st-key-asking input")
    field.wait_for()
    field.click()
    page.keyboard.type("cracks 1 s")
    assert field.input_value() == "cracks 1 s"
    page.keyboard.press("Escape")
    page.locator(".st-key-asking").wait_for(state="detached")
    idle(page)
    page.mouse.click(340, 740)
    assert len(said(records, inspection)) == 4
    page.keyboard.press("s")
    page.get_by_text("That was the last photo in this order").wait_for()
    assert said(records, inspection)[-1] == ("no-crack", "")

    # Reloaded, it is the same inspection.
    assert f"inspection={inspection}" in page.url
    page.reload()
    page.locator(".st-key-inspection-part").wait_for()
    idle(page)

    part(page, 2)
    page.get_by_text("The place is not told.").wait_for()
    page.get_by_text("You would sign your own work").wait_for()
    button(page, "sign-off").click()
    page.get_by_text("nothing was signed").wait_for()
    page.locator("[class*=st-key-sign-tick]").locator("label").first.click()
    button(page, "sign-off").click()
    page.get_by_text(f"Signed by {getpass.getuser()}").first.wait_for()
    idle(page)
    signed = read_dossier(records, inspection).signed
    assert signed is not None
    assert signed.row.said.missing == ("place", "own-review")
    assert page.locator("code").filter(has_text=signed.row.said.covers).count() == 1

    part(page, 3)
    page.get_by_text("voids that sign-off").wait_for()
    field = page.get_by_role("textbox", name="Place")
    field.fill("north face")
    field.press("Tab")
    button(page, f"edit-{inspection[:12]}-send").click()
    page.get_by_text("The particulars were recorded").wait_for()
    part(page, 2)
    page.get_by_text("was voided by other particulars").wait_for()
    assert read_dossier(records, inspection).signed is None
    assert read_dossier(records, inspection).version == 2
    assert shows_no_trace(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1366, 768), (390, 844)], ids=["laptop", "phone"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_part_fits_and_has_no_serious_fault_of_access(visit, records, inspection, size, scheme, language):
    first, second = (photo.sha256 for photo in read_dossier(records, inspection).photos[:2])
    records.decide(inspection, first, "no-crack", "shadow", "of a pipe")
    records._person = lambda: "bob"
    records.decide(inspection, first, "crack")
    page = visit(f"inspection?inspection={inspection}&lang={language}", *size, scheme)
    page.locator("[class*=st-key-tile-]").first.wait_for()

    def look(name: str) -> None:
        idle(page)
        assert fits(page), name
        assert page.evaluate("[...document.images].filter(i => i.width > 16 && !i.alt).length") == 0
        assert not (grave := grave_faults_that_stay(page)), (name, grave)

    look("gallery")
    page.locator("[class*=st-key-mark-]").locator("label").nth(1).click()
    idle(page)
    view(page, 1)
    page.locator("[data-testid=stDataFrame]").wait_for()
    look("table")
    view(page, 2)
    page.locator(".st-key-recorded-picture img").wait_for(timeout=30 * SECONDS)
    page.locator(".st-key-history summary").click()
    page.locator(".st-key-sizes summary").click()
    look("one")
    part(page, 2)
    look("sign-off")
    part(page, 3)
    look("particulars")
    assert second
