"""Reading a record: the JSON of `Explanation.to_record`, whoever wrote it since."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from crackxai.errors import SettingsError
from crackxai.explain.entries import ADVICE, Entries, is_number, is_whole, shown
from crackxai.explain.explanation import KIND
from crackxai.explain.methods import METHODS, Method
from crackxai.explain.recorded_tests import RecordedTest, recorded_test, widened_by
from crackxai.explain.settings import MethodSettings
from crackxai.photo import Box

MAX_BYTES = 2**20
"""A record takes about 4 kB."""


MAX_DEPTH, MAX_VERSIONS = 16, 100
_HASH = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class Record:
    """A record whose entries are all there and of their types; whether they are true is for `verify` to say.

    Attributes
    ----------
    facts : all of it. settings, method : how the map was made. evaluations : as far as it went.
    box : of a window of the photo; None for the whole photo.
    computed_in : "float32" or "bfloat16"; "" where an older record does not tell.
    test : how the map was tested; None where it was not.
    widened : pixels by which the true crack was widened; None where the map was not compared with a mask.
    """

    facts: Mapping[str, Any]
    method: Method
    settings: MethodSettings
    evaluations: int
    box: Box | None
    computed_in: str
    test: RecordedTest | None = None
    widened: int | None = None

    @property
    def precision(self) -> str:
        """That was asked for: "exact" or "fast"."""
        return str(self.facts["model"]["precision"])

    @property
    def load_precision(self) -> str:
        """The precision that a model is to be loaded with to compute as the recorded one did.

        "fast" falls back to float32 on a processor without bfloat16; on one that has it, "exact" computes the same.
        """
        return "exact" if self.computed_in == "float32" else self.precision


def read_record(source: str | Path | bytes) -> Record:
    """Read a record from its file or its bytes, as UTF-8, -16 or -32, with or without a byte order mark.

    Raises
    ------
    SettingsError : it is no record of an explanation, or lacks or garbles an entry.
    OSError : the file cannot be read.
    """
    name = "" if isinstance(source, bytes) else f"{Path(source).name}: "
    if isinstance(source, bytes):
        data = source
    else:
        with Path(source).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        _refuse(f"a file of more than {MAX_BYTES // 1024} kB", name)
    try:
        facts = json.loads(data, object_pairs_hook=_object, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        _refuse(f"another file ({_why(error)})", name, error)
    try:
        return checked(facts)
    except SettingsError as error:
        raise SettingsError(f"{name}{error}") from error


def checked(facts: object) -> Record:
    """The record in what JSON gave. Raises SettingsError, as `read_record`."""
    _check_depth(facts)
    whole = Entries(facts, "")
    if not isinstance(facts, Mapping):
        _refuse({list: "a list", str: "a text", type(None): "nothing"}.get(type(facts), "a number"))
    if facts.get("kind") != KIND:
        _refuse(f"one of kind {shown(facts['kind'])}" if "kind" in facts else "an object of no kind")
    title = whole.text("method")
    method = next((each for each in METHODS.values() if each.settings.title == title), None)
    if method is None:
        titles = ", ".join(each.settings.title for each in METHODS.values())
        raise SettingsError(f"expected a record made by {titles}, received {shown(title)}. {ADVICE}")
    photo, model = whole.part("photo"), whole.part("model")
    for part, names in ((photo, ("name", "sha256")), (model, ("name", "fingerprint", "device"))):
        for name in names:
            part.text(name)
    whole.text("output")
    if not _HASH.fullmatch(whole.text("values_sha256")):
        whole.garbled("values_sha256", "a SHA-256 of 64 hexadecimal digits")
    if model.text("precision") not in ("exact", "fast"):
        model.garbled("precision", "exact or fast")
    for side in model.list("input_size"):
        if not is_whole(side):
            model.garbled("input_size", "two whole numbers")
    if "regions_sha256" in whole.facts and not _HASH.fullmatch(whole.text("regions_sha256")):
        whole.garbled("regions_sha256", "a SHA-256 of 64 hexadecimal digits")
    for name in ("probability", "base_value"):
        if not 0 <= whole.number(name) <= 1:
            whole.garbled(name, "a probability of 0 to 1")
    whole.number("sum_of_values")
    if whole.number("seconds") < 0:
        whole.garbled("seconds", "0 or more")
    _check_cells(whole)
    versions = whole.part("versions")
    if len(versions.facts) > MAX_VERSIONS:
        whole.garbled("versions", f"at most {MAX_VERSIONS} names")
    for name in versions.facts:
        versions.text(name)
    if "scale" in photo.facts:
        photo.number("scale")
    if "processor" in model.facts:
        model.text("processor")
    if "verdict" in whole.facts:
        _check_verdict(whole.part("verdict"))
    settings = _settings(method, whole.part("settings").facts)
    return Record(
        whole.facts,
        method,
        settings,
        _evaluations(whole, settings),
        _box(photo) if "box" in photo.facts else None,
        _computed_in(model),
        recorded_test(whole.part("faithfulness")) if "faithfulness" in whole.facts else None,
        widened_by(whole.part("localisation")) if "localisation" in whole.facts else None,
    )


def _check_cells(whole: Entries) -> None:
    rows = whole.list("cell_sums")
    widths = {len(row) if isinstance(row, list) else 0 for row in rows}
    if len(widths) != 1 or 0 in widths or not all(is_number(value) for row in rows for value in row):
        whole.garbled("cell_sums", "rows of numbers, all of one length,")


def _check_verdict(verdict: Entries) -> None:
    verdict.text("kind")
    for name in ("probability", "threshold", "band"):
        verdict.number(name)
    doubts = verdict.facts.get("doubts")
    if not isinstance(doubts, list) or not all(isinstance(doubt, Mapping) for doubt in doubts):
        verdict.garbled("doubts", "a list of objects")


def _check_depth(facts: object) -> None:
    """Python reads deeper nesting than it can walk through."""
    level, depth = [facts], 0
    while level := [
        value
        for part in level
        if isinstance(part, (Mapping, list))
        for value in (part.values() if isinstance(part, Mapping) else part)
    ]:
        depth += 1
        if depth > MAX_DEPTH:
            _refuse("another file (nested too deeply)")


def _settings(method: Method, facts: Mapping[str, Any]) -> MethodSettings:
    unknown = sorted(facts.keys() - method.fields)
    if unknown:
        raise SettingsError(
            f"expected the settings {', '.join(sorted(method.fields))}, received {shown(unknown[0])} too."
        )
    return method.settings(**facts)


def _evaluations(whole: Entries, settings: MethodSettings) -> int:
    """No more than the settings ask for, whose budget is bounded: a forged number keeps no computer busy for weeks."""
    evaluations, most = whole.facts.get("evaluations"), settings.max_evals + settings.max_evals % 2
    if not isinstance(evaluations, int) or not is_whole(evaluations) or not 1 <= evaluations <= most:
        whole.garbled("evaluations", f"a whole number of 1 to the {most} that its settings ask for")
    return evaluations


def _box(photo: Entries) -> Box:
    box = photo.part("box")
    if box.facts.keys() != {"top", "bottom", "left", "right"}:
        photo.garbled("box", "top, bottom, left and right")
    for name, value in box.facts.items():
        if not is_whole(value):
            box.garbled(name, "a whole number of pixels")
    return Box(**box.facts)


def _computed_in(model: Entries) -> str:
    if "computed_in" in model.facts:
        return model.text("computed_in")
    # Older records tell it at the end of the device: "CPU, openvino in float32".
    kind = model.text("device").rpartition(" in ")[2]
    return {"float32": "float32", "bfloat16": "bfloat16", "mixed_bfloat16": "bfloat16"}.get(kind, "")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("an entry is there twice")
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _why(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return "no text"
    return str(error)[:100]


def _refuse(received: str, name: str = "", cause: Exception | None = None) -> NoReturn:
    raise SettingsError(f"{name}expected the JSON record of an explanation, received {received}. {ADVICE}") from cause
