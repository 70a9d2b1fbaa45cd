"""The history of a training run: a row an epoch. The checkpoint holds it; ``history.csv`` is its copy for people."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from crackxai.files import write_file

HISTORY_FILE = "history.csv"

Row = dict[str, str]


def write_history(folder: Path, rows: list[Row]) -> None:
    """Write the file whole, so that it never holds rows of another run; no file where there are no rows."""
    path = folder / HISTORY_FILE
    if not rows:
        path.unlink(missing_ok=True)
        return
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    write_file(path, text.getvalue())


def read_history(folder: Path) -> list[Row]:
    """The rows of a run."""
    with (folder / HISTORY_FILE).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
