"""The tables as files: XLSX, and CSV that Excel opens in every language and runs nothing of."""

from __future__ import annotations

import csv
import datetime
import io
from pathlib import Path

from xlsxwriter import Workbook

from crackxai.inspection.handover.subject import Subject
from crackxai.inspection.handover.tables import Cell, Table, photos, tables
from crackxai.printable import printable
from crackxai.texts import Texts

MARK = "\ufeff"
"""Tells Excel that a CSV file is UTF-8."""
STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""With what a formula begins (OWASP, CSV Injection)."""
LONGEST = 32_767
"""Characters that Excel takes in a cell."""
WIDEST = 60
"""Characters' width of a column."""


def write_xlsx(subject: Subject, path: Path, texts: Texts) -> None:
    """A sheet for each of the tables. Numbers are numbers; every text is a text, whatever it begins with."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(str(path), options)
    made = datetime.datetime.fromisoformat(subject.made_at).replace(tzinfo=None)
    book.set_properties({"title": printable(subject.name), "comments": subject.dossier.covers, "created": made})
    head = book.add_format({"bold": True, "bg_color": "#F2F3F6", "bottom": 1, "text_wrap": True, "valign": "top"})
    plain = book.add_format({"valign": "top"})
    for table in tables(subject, texts):
        sheet = book.add_worksheet(table.title)
        for column, name in enumerate(table.head):
            sheet.write_string(0, column, name, head)
        for number, row in enumerate(table.rows, 1):
            for column, cell in enumerate(row):
                if cell is None:
                    continue
                if isinstance(cell, str):
                    sheet.write_string(number, column, _short(cell), plain)
                else:
                    sheet.write_number(number, column, cell, plain)
        for column, width in enumerate(_widths(table)):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(1, len(table.rows)), len(table.head) - 1)
    book.close()


def csv_text(subject: Subject, texts: Texts) -> str:
    """The table of photos, with `MARK` before it; lines end as RFC 4180 has it."""
    table = photos(texts.unmarked(), subject)
    out = io.StringIO()
    out.write(MARK)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_safe(name) for name in table.head])
    writer.writerows([_safe(cell) for cell in row] for row in table.rows)
    return out.getvalue()


def _safe(cell: Cell) -> Cell:
    """A text that a spreadsheet would take for a formula has an apostrophe before it; numbers are as they are."""
    if not isinstance(cell, str):
        return cell
    dangerous = cell.lstrip(" \n").startswith(STARTS)
    text = printable(cell)
    return f"'{text}" if dangerous else text


def _short(text: str) -> str:
    told = "\n".join(map(printable, text.split("\n")))
    return told if len(told) <= LONGEST else f"{told[: LONGEST - 1]}…"


def _widths(table: Table) -> list[int]:
    """Of the longest cell of each column; a Chinese character is two wide."""
    columns = zip(table.head, *table.rows, strict=True) if table.rows else ((name,) for name in table.head)
    return [min(WIDEST, 3 + max(_wide(cell) for cell in column)) for column in columns]


def _wide(cell: Cell) -> int:
    text = "" if cell is None else f"{cell:.6g}" if isinstance(cell, float) else str(cell)
    return sum(2 if each >= "\u2e80" else 1 for each in text)
