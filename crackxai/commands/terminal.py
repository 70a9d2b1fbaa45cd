"""What the commands say: one line a fact, whatever is in a file's name, on every terminal and in every file."""

from __future__ import annotations

import contextlib
import io
import json
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from types import TracebackType

from tqdm import tqdm

from crackxai.explain.progress import Progress
from crackxai.printable import printable

OK, SOME_FAILED, FAILED = 0, 1, 2
"""Exit status: all done; some photos could not be used, the rest is done; nothing was done."""
LONGEST_LABEL = 40
"""Characters of a name before a progress bar."""


def prepare_streams() -> None:
    """Let no character stop an answer: one that the terminal's or file's encoding lacks is written as an escape."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def say(text: object) -> None:
    """A line for people beside the answer (standard error)."""
    print(printable(text), file=sys.stderr, flush=True)


def answer(text: object = "") -> None:
    """A line of the answer (standard output), at once."""
    print(printable(text), flush=True)


def answer_json(value: object) -> None:
    """The whole answer as JSON."""
    print(as_json(value), flush=True)


@contextlib.contextmanager
def progress_bar(total: int, name: str, unit: str = "eval") -> Iterator[Progress]:
    """A bar of evaluations, or tiles, that vanishes when it is done, and without a terminal; yields what moves it."""
    label = printable(name)
    if len(label) > LONGEST_LABEL:
        label = f"…{label[-LONGEST_LABEL:]}"
    with tqdm(total=total, desc=label, unit=unit, disable=None, leave=False) as bar:

        def progress(evaluations: int, total: int) -> None:
            bar.total = total
            bar.update(min(evaluations, total) - bar.n)

        yield progress


def as_json(value: object, indent: int = 2) -> str:
    """JSON that the standard output can take, with the names as they are where it can."""
    encoding = (getattr(sys.stdout, "encoding", None) or "ascii").lower()
    return json.dumps(value, indent=indent, ensure_ascii=not encoding.startswith("utf"), allow_nan=False)


class Answer:
    """What a command says of several photos, each as soon as it is known: lines, or one JSON object.

    The object is ``{"photos": [...], "failures": [...]}``. Used in a ``with`` statement, so that what is written is
    whole JSON however the command ends.

    Parameters
    ----------
    name : of the rows.
    json : whether the answer is JSON.
    """

    def __init__(self, name: str, json: bool) -> None:
        self._name, self._json = name, json
        self._rows = 0
        self._failures: list[Mapping[str, object]] = []

    def add(self, row: Mapping[str, object], lines: Iterable[str]) -> None:
        """What was found of a photo: for a program, and for people."""
        self._rows += 1
        if self._json:
            before = f'{{\n  "{self._name}": [' if self._rows == 1 else ","
            print(before, textwrap.indent(as_json(row), "    "), sep="\n", end="", flush=True)
        else:
            for line in lines:
                answer(line)

    def fail(self, row: Mapping[str, object]) -> None:
        """A photo that could not be used, with its ``error``."""
        self._failures.append(row)
        say(f"error: {row['error']}")

    @property
    def status(self) -> int:
        """The command's exit status."""
        if not self._failures:
            return OK
        return SOME_FAILED if self._rows else FAILED

    def __enter__(self) -> Answer:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        if not self._json or (kind is not None and not self._rows):
            return
        if self._rows:
            failures = textwrap.indent(as_json(self._failures), "  ").lstrip()
            print(f'\n  ],\n  "failures": {failures}\n}}', flush=True)
        else:
            answer_json({self._name: [], "failures": self._failures})
