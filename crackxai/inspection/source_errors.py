"""Why a folder or an archive is not taken in, or a part of it, in words that a page can say in its language."""

from __future__ import annotations

import re
from pathlib import Path

from crackxai.errors import Message, PhotoError, SourceError

ENCRYPTED = Message("left-out.encrypted", "encrypted: pack the archive without a password")
LINK = Message("left-out.link", "a link")
LEADS_OUT = Message("left-out.leads-out", "a name that leads out of the archive")
LEADS_OUT_OF_PLACE = Message("left-out.leads-out-of-place", "a name that is none of a file below it")
NO_FILE = Message("left-out.no-file", "no file")


def no_source(path: Path) -> SourceError:
    return SourceError(
        Message(
            "folder-error.no-source",
            "{path}: expected a folder of photos or a ZIP archive, received neither. Check the path.",
            path=str(path),
        )
    )


def unreadable_source(path: Path, error: OSError) -> SourceError:
    return SourceError(
        Message(
            "folder-error.unreadable",
            "{path}: the photos cannot be read: {why}. Check the path and its rights.",
            path=str(path),
            why=error.strerror or str(error),
        )
    )


def damaged_archive(name: str) -> SourceError:
    return SourceError(
        Message(
            "folder-error.damaged",
            "{name}: expected a ZIP archive, received another or a damaged file. Pack or copy it again.",
            name=name,
        )
    )


def too_many_members(name: str, most: int) -> SourceError:
    return SourceError(
        Message(
            "folder-error.too-many",
            "{name}: expected an archive of at most {most} files, received more. Pack it in parts.",
            name=name,
            most=f"{most:,}",
        )
    )


def bomb(name: str, most: int) -> SourceError:
    return SourceError(
        Message(
            "folder-error.bomb",
            "{name}: expected an archive that unfolds to at most {most} MB, received one that unfolds to more. Photos "
            "hardly shrink when they are packed: it may be made to fill a disk. Unpack it and name the folder.",
            name=name,
            most=f"{most // 2**20:,}",
        )
    )


def damaged_member(name: str) -> PhotoError:
    return PhotoError(
        Message(
            "folder-error.damaged-member",
            "{name}: expected a whole file in the archive, received a damaged one. Pack it again.",
            name=name,
        )
    )


def too_large_member(name: str, most: int) -> PhotoError:
    return PhotoError(
        Message(
            "folder-error.too-large-member",
            "{name}: expected at most {most} MB in the archive, received more. Export it smaller or crop it.",
            name=name,
            most=most // 2**20,
        )
    )


def no_uri(text: str) -> SourceError:
    return SourceError(
        Message(
            "folder-error.no-uri",
            "{text}: expected a place such as s3://bucket/prefix, received another kind of URI, or one with a user, a "
            "query or a step back (..). Keys belong into the environment (AWS_ACCESS_KEY_ID), and a folder of this "
            "computer is named by its path.",
            text=re.sub(r"//[^/]*@", "//…@", text)[:200],
        )
    )


def no_client(place: str, why: str) -> SourceError:
    return SourceError(
        Message(
            "folder-error.no-client",
            "{place}: expected the packages that read such a place, found one missing ({why}). Install them: "
            'python -m pip install "fsspec~=2026.9" "s3fs~=2026.9".',
            place=place,
            why=why,
        )
    )


def unreadable_left_out(why: str) -> Message:
    return Message("left-out.unreadable", "cannot be read: {why}", why=why)


def unlisted(place: str, why: str) -> SourceError:
    return SourceError(
        Message(
            "folder-error.unlisted",
            "{place}: the store does not answer as expected: {why}. Check the place, the keys and the network.",
            place=place,
            why=why,
        )
    )


def changed_archive(place: str) -> SourceError:
    return SourceError(
        Message(
            "folder-error.changed-archive",
            "{place}: expected the archive that was opened, received another one: it was changed or taken away "
            "meanwhile. Begin again.",
            place=place,
        )
    )


def unreadable_file(name: str, why: str) -> Message:
    return Message(
        "folder-error.unreadable-file", "{name}: cannot be read: {why}. Check its rights.", name=name, why=why
    )


def too_large_file(name: str, most: int) -> Message:
    return Message(
        "folder-error.too-large-file",
        "{name}: expected at most {most} MB, received more. Export it smaller or crop it.",
        name=name,
        most=most // 2**20,
    )


def no_store() -> SourceError:
    return SourceError(
        Message(
            "folder-error.no-store",
            "expected a folder for copies of photos beside the records, received none: photos out of an archive or an "
            "upload lie nowhere else. Name one with CRACKXAI_STORE, or unpack the archive and name the folder.",
        )
    )
