"""A folder in, a signed archive out, and into records anew, in a real browser."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace

import pytest

from crackxai.cli import OK, main
from crackxai.inspection.dossier import read_dossier
from crackxai.inspection.records.audit import audit
from crackxai.inspection.records.facts import Inspection
from crackxai.inspection.records.records import open_records
from crackxai.texts import LANGUAGES, catalogue
from tests.browser.driver import button, fits, idle, shows_no_trace
from tests.browser.test_inspection import part
from tests.browser.test_looks import grave_faults_that_stay

BRIDGE = Inspection("Bridge", "Bridge 9", "pier 2", "north face", "2026-03-01", "Ada")
ADD, SIGN_OFF = 1, 2
"""Parts of the page."""


@pytest.fixture
def records(server):
    with open_records(server.records) as opened:
        yield opened


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_folder_in_an_archive_out_and_in_again(visit, server, records, sample_files, tmp_path, capsys, language):
    # With nothing in it yet; no other test of the server has one of its name.
    bridge = replace(BRIDGE, name=f"Bridge {language}")
    inspection = records.add_inspection(bridge).inspection
    words = catalogue(language)

    def told(name: str):
        """Where the page says that, whatever the facts are."""
        parts = map(re.escape, re.split(r"{[^}]*}", words[name]))
        return page.get_by_text(re.compile(".*".join(parts))).first

    folder = server.photos / f"pier {language}"
    folder.mkdir()
    for path in sample_files:
        shutil.copy(path, folder)
    (folder / "notes.txt").write_text("dry, 8 °C")

    page = visit(f"inspection?inspection={inspection}&lang={language}")
    outside = page.locator(".st-key-folder-path input")
    outside.fill(str(tmp_path))
    outside.press("Tab")
    button(page, "folder-begin").click()
    told("folder.outside").wait_for()
    inside = page.locator(".st-key-folder-path input")
    inside.fill(str(folder))
    inside.press("Tab")
    idle(page)
    button(page, "folder-begin").click()
    page.locator("[class*=st-key-tile-]").nth(3).wait_for()
    found = read_dossier(records, inspection)
    assert sorted(photo.name for photo in found.photos) == sorted(path.name for path in sample_files)
    assert all(photo.judgement is not None for photo in found.photos)
    part(page, ADD)
    told("folder.done").wait_for()
    told("folder.left-out").wait_for()
    looks_right(page)

    for photo in found.photos:
        records.decide(inspection, photo.sha256, "no-crack", "shadow")
    records._person = lambda: "bob"
    covers = read_dossier(records, inspection).covers
    records.sign_off(inspection, seen=covers)
    part(page, SIGN_OFF)
    page.get_by_text("bob").first.wait_for()
    page.locator(".st-key-handover-kind").get_by_text(words["handover-panel.archive"]).click()
    idle(page)
    button(page, "handover-make").click()
    button(page, "handover-download").wait_for()
    looks_right(page)
    with page.expect_download() as caught:
        button(page, "handover-download").click()
    archive = tmp_path / caught.value.suggested_filename
    caught.value.save_as(archive)
    assert archive.name == f"{bridge.name}.zip"
    assert main(["verify", str(archive)]) == OK
    assert covers in capsys.readouterr().out

    # These records have it already; once it is deleted here, as from those of another installation, they do not.
    bring(page, archive)
    told("archive-error.known").wait_for()
    records.delete_inspection(inspection, "a test")
    bring(page, archive)
    told("handover-panel.imported").wait_for()
    (row,) = [each for each in records.inspections() if each.said == bridge]
    again = read_dossier(records, row.inspection)
    assert [photo.name for photo in again.photos] == [photo.name for photo in found.photos]
    assert [photo.decided for photo in again.photos] == ["no-crack"] * 4
    assert again.signed is None
    assert [(each.who, each.covers) for each in again.signed_elsewhere] == [("bob", covers)]
    assert audit(records.database).fits
    assert shows_no_trace(page)


def looks_right(page) -> None:
    """On a laptop and on a phone."""
    usual = page.viewport_size
    for size in (usual, {"width": 390, "height": 844}):
        page.set_viewport_size(size)
        idle(page)
        assert fits(page), size
        assert not grave_faults_that_stay(page), size
    page.set_viewport_size(usual)
    idle(page)


def bring(page, archive) -> None:
    """Choose the archive on the list of inspections, and import it."""
    if button(page, "all-inspections").count():
        button(page, "all-inspections").click()
    idle(page)
    if not page.locator(".st-key-import-inspection details[open]").count():
        page.locator(".st-key-import-inspection summary").click()
    idle(page)
    page.locator(".st-key-handover-archive input[type=file]").set_input_files(archive)
    idle(page)
    button(page, "handover-import").click()
    idle(page)
