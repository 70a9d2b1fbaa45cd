"""An inspection with something of everything, and archives changed by hand."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

from crackxai import ExplainSettings, explain, judge, read_photo
from crackxai.explain.faithfulness import FaithfulnessSettings, FaithfulnessTest
from crackxai.explain.maskers import MaskerSettings
from crackxai.inspection.handover import manifest
from crackxai.inspection.records.chain import Cover, canonical, digest, entry_hash
from crackxai.inspection.records.facts import Inspection, PhotoFile
from crackxai.inspection.records.judgements import Judgement
from crackxai.inspection.records.records import Records
from crackxai.inspection.records.sizes import Size
from crackxai.photo import Box

AT = "2026-03-02T10:00:00+08:00"
NAME = "中山橋 Bridge 7 😀"
FORMULA = '=HYPERLINK("http://x")'


def bridge(records: Records, person, files, model, folder: Path) -> str:
    """Four photos: one with a map and an override, one that a scan found a crack in and on which people differ, one
    that is gone, one that was changed since; signed by a third person."""
    folder.mkdir(parents=True)
    inspection = records.add_inspection(
        Inspection(NAME, "Bridge 7", "pier 2", "north face", "2026-03-01", "Ada Inspector", "dry, 8 °C")
    ).inspection
    rows = []
    for number, source in enumerate(files):
        path = folder / f"wall {number}.png"
        shutil.copy(source, path)
        data = path.read_bytes()
        photo = read_photo(data, path.name)
        records.add_photo(inspection, PhotoFile.of(photo, data, path, "pier 2", f"{number} m above ground"))
        judgement = Judgement.of_verdict(judge(model, photo), model)
        if number == 1:
            finding = {
                "box": {"top": 10, "bottom": 90, "left": 20, "right": 120},
                "score": 0.9,
                "probability": 0.95,
                "length_pixels": 80.5,
                "weak": False,
                "doubts": ["dark"],
                "depends_on_grid": True,
            }
            settings = {"of": "scan", "precision": "exact", "applied": 0.7}
            judgement = Judgement(model.card.name, model.fingerprint, settings, "crack", 0.9, 0.7, None, (), (finding,))
        rows.append(records.add_judgement(inspection, photo.sha256, judgement))
        if number == 0:
            made = explain(model, photo, ExplainSettings(masker="mean", max_evals=60))
            test = FaithfulnessTest(model, made, FaithfulnessSettings(MaskerSettings("blur"), orders=2))
            test.advance()
            made = dataclasses.replace(made, faithfulness=test.result(), verdict=judge(model, photo))
            records.add_explanation(rows[0], made.to_record(), made.channel_values)
    first, second, third, _ = (row.sha256 for row in rows)
    records.decide(inspection, first, "no-crack", "shadow")
    records.decide(inspection, first, "crack", "" if rows[0].said.verdict != "no-crack" else "seen-on-site")
    records.decide(inspection, second, "crack", box=Box(10, 90, 20, 120))
    records.decide(inspection, second, "crack")
    person.name = "Bob Müller"
    records.decide(inspection, second, "no-crack", "other", FORMULA)
    records.decide(inspection, third, "crack", "" if rows[2].said.verdict != "no-crack" else "seen-on-site")
    records.add_size(inspection, first, Size("measured", mm=0.25, error_mm=0.05, tool="crack width ruler"))
    records.add_size(inspection, first, Size("estimated", of="length", mm=420, error_mm=30, scale="marker of 50 mm"))
    records.add_rating(inspection, first, "mlit", {"soundness": "II"}, "see drawing 4")
    person.name = "Eve Reviewer"
    records.sign_off(inspection, "seen on site", missing=("undecided", "disputed"))
    (folder / "wall 2.png").unlink()
    (folder / "wall 3.png").write_bytes(b"another file")
    return inspection


def changed(path: Path, name: str, change: Callable[[bytes], bytes], out: Path) -> Path:
    """The archive with one file's bytes changed, and the sums of the ZIP computed anew."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            data = old.read(info.filename)
            new.writestr(info.filename, change(data) if info.filename == name else data)
    return out


def files_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def packed(files: dict[str, bytes], path: Path, change: Callable[[dict], None] = lambda facts: None) -> Path:
    """An archive of these files with a manifest whose hashes are theirs, by somebody who knows how it is made."""
    facts = json.loads(files[manifest.NAME])["manifest"]
    for each in facts["files"]:
        data = files[each["name"]]
        each["size"], each["sha256"] = len(data), hashlib.sha256(data).hexdigest()
    change(facts)
    files[manifest.NAME] = f"{canonical({'manifest': facts, 'sha256': digest(canonical(facts))})}\n".encode()
    with zipfile.ZipFile(path, "w") as new:
        for name, data in files.items():
            new.writestr(name, data)
    return path


def forged(path: Path, change: Callable[[dict], None], out: Path, also: Callable[[dict], None] = lambda facts: None):
    """The archive with its rows changed, and its manifest with ``also``."""
    files = files_of(path)
    rows = json.loads(files["records.json"])
    change(rows)
    files["records.json"] = json.dumps(rows).encode()
    return packed(files, out, also)


def rehash(rows: dict) -> str:
    """Entries' hashes computed anew from their facts, each linked to the one before where that was so; returns what
    covers them."""
    before: dict[str, str] = {}
    for row in rows["rows"]:
        row["content_sha256"] = digest(row["content"])
        row["previous"] = before.get(row["previous"], row["previous"])
        facts = (row["number"], row["kind"], rows["inspection"], row["written_at"], row["content_sha256"])
        before[row["hash"]] = row["hash"] = entry_hash(*facts, row["previous"])
    return Cover(row["hash"] for row in rows["rows"]).hash


def names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as file:
        return file.namelist()
