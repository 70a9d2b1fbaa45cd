"""The archive's list of itself: each file with its size and SHA-256, and what the records say as a whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crackxai import __version__
from crackxai.errors import Message, RecordsError
from crackxai.inspection.handover.subject import Subject
from crackxai.inspection.records.chain import canonical, digest

NAME = "manifest.json"
KIND, FORMAT = "CrackXAI handover", 1
ROLES = ("report", "tables", "table", "records", "map", "photo")
"""What a file is."""


@dataclass(frozen=True)
class Member:
    """A file of the archive. is_ : of `ROLES`. photo : its SHA-256 in the records, of a photo or a map of it."""

    name: str
    size: int
    sha256: str
    is_: str
    photo: str | None = None

    def facts(self) -> dict[str, Any]:
        """As plain JSON values."""
        of = {} if self.photo is None else {"photo": self.photo}
        return {"name": self.name, "size": self.size, "sha256": self.sha256, "is": self.is_, **of}


@dataclass(frozen=True)
class Manifest:
    """What an archive says of itself.

    Attributes
    ----------
    program, made_at : which version wrote it, and when. inspection, name : which inspection it is of.
    rows, covers : how many rows it has, and `Cover` of their hashes.
    sign_off : who, when, rows, covers, valid of the last one; None: nobody signed. language, paper : of its files.
    left_out : photos that are not in it: SHA-256 -> "asked", "gone" or "changed".
    """

    program: str
    made_at: str
    inspection: str
    name: str
    rows: int
    covers: str
    sign_off: Mapping[str, Any] | None
    language: str
    paper: str
    left_out: Mapping[str, str]
    files: tuple[Member, ...]

    def text(self) -> str:
        """As it is written: canonical JSON, with its own SHA-256 at the end."""
        facts = {
            "kind": KIND,
            "format": FORMAT,
            **{name: value for name, value in vars(self).items() if name != "files"},
            "files": [each.facts() for each in self.files],
        }
        return f"{canonical({'manifest': facts, 'sha256': digest(canonical(facts))})}\n"


def manifest_of(
    subject: Subject, rows: int, files: list[Member], language: str, paper: str, left_out: Mapping[str, str]
) -> Manifest:
    """Of an inspection as it stands."""
    dossier = subject.dossier
    last = dossier.sign_offs[-1] if dossier.sign_offs else None
    signed = None
    if last is not None:
        said = last.row.said
        signed = {
            "who": said.who,
            "when": last.row.written_at,
            "rows": said.rows,
            "covers": said.covers,
            "valid": last.valid,
        }
    return Manifest(
        f"CrackXAI {__version__}",
        subject.made_at,
        dossier.id,
        subject.name,
        rows,
        dossier.covers,
        signed,
        language,
        paper,
        dict(left_out),
        tuple(files),
    )


def read_manifest(data: bytes) -> Manifest:
    """Of its file's bytes. Raises RecordsError where one byte is not as this program writes it."""
    try:
        whole = json.loads(data)
        facts = whole["manifest"]
        if facts["kind"] != KIND:
            raise ValueError
        if facts["format"] > FORMAT:
            raise RecordsError(
                Message(
                    "archive-error.newer",
                    "expected an archive of this version of CrackXAI or an older one, received one of a newer "
                    "({program}). Update CrackXAI.",
                    program=str(facts["program"])[:60],
                )
            )
        known = {name: facts[name] for name in Manifest.__dataclass_fields__ if name != "files"}
        files = tuple(
            Member(each["name"], each["size"], each["sha256"], each["is"], each.get("photo")) for each in facts["files"]
        )
        manifest = Manifest(**known, files=files)
        if manifest.text().encode() != data:
            raise ValueError
    except (ValueError, KeyError, TypeError, RecursionError, AttributeError) as error:
        raise RecordsError(
            Message(
                "archive-error.manifest",
                "{file} is not as it was written: its own SHA-256 does not follow from what it says.",
                file=NAME,
            )
        ) from error
    return manifest
