"""Tables read back: numbers are numbers, and nothing that people wrote is run."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from xml.etree import ElementTree

import pytest

from crackxai.inspection.handover.spreadsheet import MARK, _safe, csv_text, write_xlsx
from crackxai.inspection.handover.tables import tables
from crackxai.texts import Texts
from tests.inspection.handover.made import AT, FORMULA

SPACE = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def sheets(path) -> dict[str, list[list[object]]]:
    """Name -> rows of cells; of each cell a text or a number, as its kind says."""
    with zipfile.ZipFile(path) as book:
        shared = ["".join(each.itertext()) for each in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))]
        names = [
            each.get("name")
            for each in ElementTree.fromstring(book.read("xl/workbook.xml")).iter()
            if each.tag.endswith("}sheet")
        ]
        found = {}
        for number, name in enumerate(names, 1):
            xml = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
            assert not xml.findall(".//x:f", SPACE)  # no formula
            rows = []
            for row in xml.findall(".//x:row", SPACE):
                cells = {}
                for cell in row:
                    column = re.match("[A-Z]+", cell.get("r"))[0]
                    value = cell.find("x:v", SPACE).text
                    cells[column] = shared[int(value)] if cell.get("t") == "s" else float(value)
                rows.append(cells)
            found[name] = rows
            pane = xml.find(".//x:pane", SPACE)
            assert pane.get("state") == "frozen"
            assert xml.find("x:autoFilter", SPACE) is not None
            assert xml.find("x:cols", SPACE) is not None
        return found


@pytest.mark.parametrize("language", ["en", "zh-Hant"])
def test_the_sheets(subject, tmp_path, language):
    path = tmp_path / "tables.xlsx"
    write_xlsx(subject, path, Texts(language))
    found = sheets(path)
    expected = tables(subject, Texts(language))
    assert list(found) == [each.title for each in expected]
    for table in expected:
        head, *rows = found[table.title]
        assert tuple(head.values()) == table.head
        assert len(rows) == len(table.rows)
        for row, cells in zip(table.rows, rows, strict=True):
            told = [cell for cell in row if cell not in (None, "")]
            assert [cell for cell in cells.values() if cell != ""] == [
                cell if isinstance(cell, str) else pytest.approx(cell) for cell in told
            ]


def test_what_they_say(subject, tmp_path):
    path = tmp_path / "tables.xlsx"
    write_xlsx(subject, path, Texts("en"))
    found = sheets(path)
    assert len(found["Photos"]) == 5
    assert len(found["Decisions"]) == 7
    assert [row["G"] for row in found["Decisions"] if row.get("G") == FORMULA] == [FORMULA]
    assert [row.get("G") for row in found["Sizes"]] == ["mm", 0.25, 420]
    (finding,) = found["Findings"][1:]
    assert (finding["C"], finding["D"], finding["E"], finding["G"]) == (1, "yes", 0.9, 80.5)
    (rating,) = found["Ratings"][1:]
    assert (rating["E"], rating["H"]) == ("mlit", "II")
    covers = [row["B"] for row in found["Inspection"] if row["A"] == "Hash of all rows"]
    assert covers == [subject.dossier.covers]


def test_it_is_the_same_for_the_same_records(subject, tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        write_xlsx(subject, tmp_path / name, Texts("en"))
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " =", "＝", "\n@"])
def test_csv_runs_nothing_that_people_wrote(start):
    assert str(_safe(f"{start}1+1")).startswith("'")


@pytest.mark.parametrize("cell", [-0.5, 3, 0.25, None, "wall -1.jpg", "a=b", ""])
def test_csv_leaves_numbers_and_other_texts_alone(cell):
    assert _safe(cell) == cell


def test_the_csv_file(subject):
    text = csv_text(subject, Texts("en"))
    assert text.startswith(MARK)
    rows = list(csv.reader(io.StringIO(text[1:])))
    assert len(rows) == 5
    second = dict(zip(rows[0], rows[2], strict=True))
    assert second["Photo"] == "wall 1.png"
    assert float(second["Crack probability, or scan's score"]) == 0.9
    assert second["People differ"] == "yes"
    assert second["In their words"] if "In their words" in second else FORMULA in second["Reason"]
    assert all(not cell.startswith(("=", "+", "@")) for row in rows for cell in row)
    first = dict(zip(rows[0], rows[1], strict=True))
    assert first["Sizes"].startswith("Width: 0.25 mm ± 0.05 mm, measured by hand")


def test_people_are_named_with_the_time_in_their_records(subject):
    (table,) = [each for each in tables(subject, Texts("en")) if each.title == "Decisions"]
    assert {row[2] for row in table.rows} == {"ada", "Bob Müller"}
    assert all(re.fullmatch(r"2026-01-02 \d\d:\d\d:\d\d UTC", str(row[3])) for row in table.rows)
    assert AT not in str(table.rows)
