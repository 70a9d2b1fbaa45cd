"""``report``, ``verify`` of an archive, ``import``: what they say, and how they end."""

from __future__ import annotations

import shutil
import zipfile

import pytest
from pypdf import PdfReader

from crackxai.cli import FAILED, OK, main
from crackxai.inspection.records.records import open_records
from tests.inspection.handover.conftest import built  # noqa: F401
from tests.inspection.handover.made import AT, NAME, changed


@pytest.fixture
def bridge(built, here, own_records) -> str:  # noqa: F811
    """The id of an inspection in the usual records."""
    own_records.parent.mkdir(parents=True)
    shutil.copy(built[0] / "records.sqlite", own_records)
    return built[1]


@pytest.mark.parametrize("name", ["bridge.pdf", "bridge.xlsx", "bridge.csv", "bridge.zip"])
def test_each_file(bridge, here, capsys, name):
    assert main(["report", NAME, "--out", name]) == OK
    out = capsys.readouterr().out
    assert out.startswith(f"{name}: {NAME}, 4 photos, hash of all rows ")
    assert (here / name).stat().st_size > 500
    assert main(["report", bridge, "--out", name]) == FAILED
    assert "taken" in capsys.readouterr().err
    assert main(["report", bridge[:8], "--out", name, "--force"]) == OK


def test_language_paper_and_date(bridge, here):
    command = ["report", bridge, "--paper", "letter", "--language", "zh-Hant", "--made-at", AT]
    for name in ("a.pdf", "b.pdf"):
        assert main([*command, "--out", name]) == OK
    assert (here / "a.pdf").read_bytes() == (here / "b.pdf").read_bytes()
    page = PdfReader(here / "a.pdf").pages[0]
    assert float(page.mediabox[2]) == pytest.approx(612, abs=0.1)
    assert "檢測報告" in page.extract_text()


def test_a_draft_is_told(bridge, here, capsys):
    with open_records() as records:
        records.edit_inspection(bridge, records.inspection(bridge).said)
    assert main(["report", bridge, "--out", "bridge.csv"]) == OK
    assert "nobody has signed" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["other", "--out", "a.pdf"], f"These are recorded: {NAME}"),
        ([NAME, "--out", "a.docx"], "expected a file that ends in .pdf, .xlsx, .csv, .zip, received 'a.docx'"),
        ([NAME, "--out", "a.pdf", "--db", "absent.sqlite"], "found no file"),
    ],
)
def test_what_is_asked_for_in_vain(bridge, here, capsys, arguments, told):
    assert main(["report", *arguments]) == FAILED
    assert told in capsys.readouterr().err
    assert not list(here.glob("a.*"))


@pytest.mark.parametrize("time", ["today", "2026-03-01", "2026-03-01T10:00:00"])
def test_a_date_that_is_none(bridge, time):
    with pytest.raises(SystemExit):
        main(["report", bridge, "--out", "a.pdf", "--made-at", time])


def test_an_archive_is_verified(bridge, here, capsys):
    assert main(["report", bridge, "--out", "bridge.zip"]) == OK
    covers = capsys.readouterr().out.split()[-1]
    assert main(["verify", "bridge.zip", "--maps", "3"]) == OK
    out = capsys.readouterr().out
    assert f"rows that fit: 20; hash of all rows: {covers}" in out
    assert "photos that are not in it, as its manifest says: 2" in out
    assert "signed by Eve Reviewer on 2026-01-02" in out
    assert "made again: identical" in out
    assert "maps made again: 1 of 1" in out
    assert "What this cannot show is an archive whose hashes were all computed anew" in out


def test_without_photos_no_map_is_made_again(bridge, here, capsys):
    assert main(["report", bridge, "--out", "bridge.zip", "--without-photos"]) == OK
    with zipfile.ZipFile(here / "bridge.zip") as file:
        assert not [name for name in file.namelist() if name.startswith("photos/")]
    assert main(["verify", "bridge.zip"]) == OK
    assert "maps made again: 0 of 1" in capsys.readouterr().out


def test_an_archive_that_was_changed_is_named_with_the_file(bridge, here, capsys, built):  # noqa: F811
    path = changed(built[0] / "bridge.zip", "photos.csv", lambda data: data[:-1], here / "changed.zip")
    assert main(["verify", str(path)]) == FAILED
    assert capsys.readouterr().out.startswith("does not fit: photos.csv is not the file that was handed over")
    assert main(["import", str(path), "--db", "other.sqlite"]) == FAILED
    assert "photos.csv" in capsys.readouterr().err


def test_a_record_without_its_photo(here, capsys):
    (here / "record.json").write_text("{}")
    assert main(["verify", "record.json"]) == FAILED
    assert "expected the photo that the record is of" in capsys.readouterr().err
    assert main(["verify", "absent.zip"]) == FAILED
    assert "absent.zip" in capsys.readouterr().err


def test_import_and_again(here, built, capsys):  # noqa: F811
    path = str(built[0] / "bridge.zip")
    assert main(["import", path, "--db", "other.sqlite"]) == OK
    captured = capsys.readouterr()
    assert captured.out.startswith(f"{NAME}: imported as ")
    assert "20 rows, 2 photos copied" in captured.out
    assert "signed there by Eve Reviewer" in captured.out
    assert "photos whose files are not here: 2" in captured.err
    assert main(["audit", "--db", "other.sqlite"]) == OK
    assert main(["import", path, "--db", "other.sqlite"]) == FAILED
    assert "Nothing was added" in capsys.readouterr().err
