"""Photos that people settled as a folder to train and evaluate on: what was learnt on a structure goes into a model."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from crackxai.errors import DataError, Message, PhotoError, SettingsError
from crackxai.files import make_folder, write_file
from crackxai.inspection.originals import read_original
from crackxai.inspection.records.photo_store import PhotoStore
from crackxai.inspection.settled import Settled
from crackxai.model.dataset import CLASSES
from crackxai.model.decision import Kind
from crackxai.model.origins import SOURCE_FILE
from crackxai.photo import Box, read_photo
from crackxai.png import png

Part = Literal["train", "val", "test", ""]
_PARTS: tuple[Part, ...] = ("train", "train", "train", "val", "test")
TABLE_FILE = "decided.csv"
COLUMNS = (
    "file", "part", "label", "photo", "sha256", "top", "bottom", "left", "right", "inspection", "structure",
    "decided_by", "decided_at", "reasons", "machine", "probability", "model",
)  # fmt: skip


@dataclass(frozen=True)
class Example:
    """A picture to learn from. box : of a part of the photo, in its pixels; None: its file as it is."""

    of: Settled
    label: int
    box: Box | None = None

    @property
    def name(self) -> str:
        """Of its file, without folders: the photo's own, and what makes it the only one."""
        path = Path(self.of.photo.name)
        mark = self.of.photo.sha256[:8]
        if self.box is None:
            return f"{path.stem[:80]}-{mark}{path.suffix.lower()}"
        return f"{path.stem[:80]}-{mark}-{self.box.top}-{self.box.left}-{self.box.height}x{self.box.width}.png"


@dataclass(frozen=True)
class DecidedFolder:
    """What was written.

    Attributes
    ----------
    counts : (part, label) -> pictures; the part is "" where nothing could be held apart.
    grouped : whether no structure is in two parts. left_out : (photo, reason) of photos that are not in it.
    """

    counts: dict[tuple[Part, int], int]
    grouped: bool
    left_out: tuple[tuple[str, str], ...]


def examples_of(photo: Settled) -> tuple[list[Example], str]:
    """What can be learnt from a settled photo, and why nothing, if nothing.

    The whole photo, where it was judged as a whole. Of one that was scanned, a network's picture of the whole shows
    nothing; where people call it sound, the tile of each finding is a sound picture that the machine took for cracked.
    Where they call it cracked, nobody said which finding is a crack.
    """
    label = CLASSES.index("Positive" if photo.truth == "crack" else "Negative")
    judgement = photo.judgement
    if judgement is None or judgement.said.settings.get("of") != "scan":
        return [Example(photo, label)], ""
    if photo.truth == "crack":
        return [], Message("decided.findings", "it was scanned, and nobody decided on the findings one by one")
    tiles = [Box(**finding["tile"]) for finding in judgement.said.findings]
    if not tiles:
        return [], Message("decided.no-finding", "it was scanned and is sound without a finding: nothing to learn from")
    return [Example(photo, label, box) for box in tiles], ""


def examples_of_boxes(photo: Settled) -> list[Example]:
    """The parts of a photo that people decided on with one voice."""
    said: dict[Box, set[Kind]] = defaultdict(set)
    for row in photo.photo.decisions:
        if row.said.box is not None:
            said[row.said.box].add(row.said.verdict)
    return [
        Example(photo, CLASSES.index("Positive" if verdicts == {"crack"} else "Negative"), box)
        for box, verdicts in said.items()
        if verdicts in ({"crack"}, {"no-crack"})
    ]


def parts_of(examples: Sequence[Example]) -> tuple[list[Part], bool]:
    """Where each goes, and whether whole structures are held apart.

    A structure's name decides, so that a picture never moves from ``test`` to ``train`` as the records grow: of five
    names one goes to ``val`` and one to ``test``. Where that leaves a part without cracked or without sound pictures,
    the photo's hash decides in its place; where that does too, nothing is held apart ("").
    """
    for of, grouped in ((_structure, True), (_photo, False)):
        parts = [_PARTS[int(hashlib.sha256(of(each).encode()).hexdigest()[:8], 16) % len(_PARTS)] for each in examples]
        held = {(part, each.label) for part, each in zip(parts, examples, strict=True)}
        if len(held) == len(set(_PARTS)) * len(CLASSES):
            return parts, grouped
    return [""] * len(examples), False


def _structure(example: Example) -> str:
    facts = example.of.inspection.said
    return (facts.structure.strip() or facts.name.strip()).casefold()


def _photo(example: Example) -> str:
    return example.of.photo.sha256


def write_decided(out: Path, photos: Iterable[Settled], store: PhotoStore) -> DecidedFolder:
    """Write ``Positive/`` and ``Negative/``, in ``train/``, ``val/`` and ``test/`` where they can be held apart.

    Parameters
    ----------
    out : a new or empty folder. photos : of `read_settled`. store : of the records, for their copies.

    Raises
    ------
    DataError : the folder holds something, or there is nothing to write.
    OutputError : it cannot be written.
    """
    if out.is_dir() and any(out.iterdir()):
        raise DataError(
            Message(
                "decided.folder",
                "expected a new or empty folder, received {out}, which holds files. Give another.",
                out=out,
            )
        )
    examples, left_out = _examples(photos)
    parts, grouped = parts_of(examples)
    rows = []
    counts: Counter[tuple[Part, int]] = Counter()
    for example, part in zip(examples, parts, strict=True):
        try:
            content = _content(example, store)
        except (PhotoError, SettingsError) as error:
            left_out.append((example.of.photo.name, str(error)))
            continue
        place = Path(part) / CLASSES[example.label] / example.name
        make_folder((out / place).parent)
        write_file(out / place, content)
        rows.append(_row(place, part, example))
        counts[part, example.label] += 1
    if not rows:
        raise DataError(
            Message(
                "decided.none",
                "expected photos that people call cracked or sound, received none that can be used ({left_out} cannot; "
                "{first}). Decide on photos first.",
                left_out=len(left_out),
                first=f"{left_out[0][0]}: {left_out[0][1]}" if left_out else "-",
            )
        )
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerows([COLUMNS, *rows])
    write_file(out / TABLE_FILE, text.getvalue())
    write_file(out / SOURCE_FILE, json.dumps({"source": "decisions on record", "licence": "yours"}) + "\n")
    return DecidedFolder(dict(counts), grouped, tuple(left_out))


def _examples(photos: Iterable[Settled]) -> tuple[list[Example], list[tuple[str, str]]]:
    """Each picture once, though its photo is in two inspections; and (photo, reason) of photos that give none."""
    found: dict[tuple[str, Box | None], list[Example]] = defaultdict(list)
    left_out: list[tuple[str, str]] = []
    for photo in photos:
        of_it, why = examples_of(photo)
        of_it += examples_of_boxes(photo)
        left_out += [] if of_it else [(photo.photo.name, why)]
        for each in of_it:
            found[each.of.photo.sha256, each.box].append(each)
    one_voice = [alike[0] for alike in found.values() if len({each.label for each in alike}) == 1]
    left_out += [
        (
            alike[0].of.photo.name,
            Message("decided.two-answers", "it is called cracked in one inspection and sound in another"),
        )
        for alike in found.values()
        if len({each.label for each in alike}) > 1
    ]
    return one_voice, left_out


def _content(example: Example, store: PhotoStore) -> bytes:
    data = read_original(store, example.of.photo.photo.said)
    if example.box is None:
        return data
    return png(read_photo(data, example.of.photo.name).window(example.box).rgb)


def _row(place: Path, part: Part, example: Example) -> list[object]:
    of, box, machine = example.of, example.box, example.of.machine or {}
    return [
        *(place.as_posix(), part, CLASSES[example.label], of.photo.name, of.photo.sha256),
        *(("",) * 4 if box is None else (box.top, box.bottom, box.left, box.right)),
        *(of.inspection.inspection, of.inspection.said.structure),
        "; ".join(row.said.who for row in of.photo.of_photo),
        of.when,
        " ".join(of.reasons),
        *(machine.get(name, "") for name in ("verdict", "probability", "model")),
    ]
