"""Handing over and taking in on a page, without a browser."""

from __future__ import annotations

import io
import shutil
import threading

import pytest
from pypdf import PdfReader
from streamlit.testing.v1 import AppTest

from crackxai.errors import Cancelled, RecordsError
from crackxai.inspection.handover.check import check_archive
from crackxai.ui import inspections
from crackxai.ui.handover_files import KEPT, HandoverFiles, Wanted
from tests.apps import EN, WAIT, press, texts, wait_for
from tests.inspection.handover.conftest import built  # noqa: F401

pytestmark = pytest.mark.usefixtures("fresh_results")


@pytest.fixture
def inspection(built, own_records) -> str:  # noqa: F811
    own_records.parent.mkdir(parents=True)
    shutil.copy(built[0] / "records.sqlite", own_records)
    return built[1]


def page(inspection: str) -> None:
    from crackxai.ui import handover_panel

    handover_panel.show(inspection)


def importing() -> None:
    import streamlit as st

    from crackxai.ui import handover_panel

    found = handover_panel.show_import()
    if found is not None:
        st.caption(f"new: {found}")


def opened(inspection: str) -> AppTest:
    app = AppTest.from_function(page, args=(inspection,), default_timeout=WAIT).run()
    assert not app.exception
    return app


def made(app: AppTest) -> bytes:
    """The file that is offered, once it is there."""
    from crackxai.ui import handover_panel

    press(app, "handover-make")

    def done() -> bool:
        app.run()
        return bool(app.get("download_button"))

    wait_for(done)
    assert not app.exception
    (making,) = handover_panel._files()._makings.values()
    return making.path.read_bytes()


@pytest.fixture(autouse=True)
def no_files():
    from crackxai.ui import handover_panel

    handover_panel._files.clear()


def test_a_pdf(inspection):
    reader = PdfReader(io.BytesIO(made(opened(inspection))))
    assert "Inspection report" in reader.pages[0].extract_text()
    assert reader.trailer["/Root"]["/Lang"] == "en"


def test_an_archive(inspection, tmp_path):
    app = opened(inspection)
    app.segmented_control(key="handover-kind").set_value("zip").run()
    app.segmented_control(key="handover-paper").set_value("letter").run()
    path = tmp_path / "bridge.zip"
    path.write_bytes(made(app))
    found = check_archive(path)
    assert len(found.photos) == 2
    assert found.manifest.paper == "letter"


def test_a_draft_is_told(inspection):
    assert EN["handover-panel.draft"] not in texts(opened(inspection))
    records = inspections.records()
    records.edit_inspection(inspection, records.inspection(inspection).said)
    assert EN["handover-panel.draft"] in texts(opened(inspection))


def test_an_inspection_that_is_not_there_is_told():
    assert "expected an inspection" in texts(opened("0" * 32)).replace("\\", "")


def test_an_archive_is_taken_in(built):  # noqa: F811
    data = (built[0] / "bridge.zip").read_bytes()
    app = AppTest.from_function(importing, default_timeout=WAIT).run()
    app.get("file_uploader")[0].set_value(("bridge.zip", data, "application/zip")).run()
    press(app, "handover-import")
    assert "Photos copied: 2; not in the archive: 2." in texts(app)
    (row,) = inspections.records().inspections()
    assert f"new: {row.inspection}" in texts(app)
    press(app, "handover-import")
    assert "Nothing was added" in texts(app).replace("\\", "")
    assert len(inspections.records().inspections()) == 1


def test_what_is_no_archive_is_told(built):  # noqa: F811
    app = AppTest.from_function(importing, default_timeout=WAIT).run()
    app.get("file_uploader")[0].set_value(("bridge.zip", b"PK nothing", "application/zip")).run()
    press(app, "handover-import")
    assert "expected an archive that CrackXAI wrote" in texts(app).replace("\\", "")
    assert inspections.records().inspections() == ()


def wanted(number: int) -> Wanted:
    return Wanted(str(number), "", "csv", "a4", "en", True)


def test_files_are_made_one_after_another_and_the_oldest_go():
    files = HandoverFiles()
    paths = []
    for number in range(KEPT + 3):
        making = files.start(wanted(number), lambda path, progress: path.write_text("x") and progress(1, 1))
        wait_for(lambda making=making: making.ended)
        paths.append(making.path)
    assert [path.exists() for path in paths] == [False] * 3 + [True] * KEPT
    assert files.get(wanted(0)) is None


def test_a_file_that_fails_is_told_and_can_be_made_again():
    files = HandoverFiles()

    def fails(path, progress):
        raise RecordsError("expected another thing")

    making = files.start(wanted(0), fails)
    wait_for(lambda: making.ended)
    assert making.error == "expected another thing"
    again = files.start(wanted(0), lambda path, progress: path.write_text("x"))
    wait_for(lambda: again.ended)
    assert again.path.read_text() == "x"


def test_a_file_that_nobody_wants_any_more_is_given_up():
    files, begun, go_on = HandoverFiles(), threading.Event(), threading.Event()
    seen = []

    def slow(path, progress):
        begun.set()
        go_on.wait(WAIT)
        try:
            progress(1, 2)
        except Cancelled:
            seen.append("cancelled")
            raise

    making = files.start(wanted(0), slow)
    assert files.start(wanted(0), slow) is making
    begun.wait(WAIT)
    files.drop(wanted(0))
    go_on.set()
    wait_for(lambda: making.ended)
    assert seen == ["cancelled"]
    assert files.get(wanted(0)) is None
