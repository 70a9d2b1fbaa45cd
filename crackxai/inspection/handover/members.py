"""An archive opened with suspicion: how much it may hold, what it may call its files, and that each is what it was."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from crackxai.errors import Message, RecordsError
from crackxai.explain.progress import Progress, silent
from crackxai.inspection.handover import manifest
from crackxai.inspection.handover.manifest import Manifest
from crackxai.photo.reading import MAX_BYTES

MOST_FILES = 50_000
MOST_MANIFEST, MOST_RECORDS, MOST_FILE = 32 * 2**20, 512 * 2**20, 2 * 2**30
"""Bytes, unpacked."""
MOST_TIMES, SPARE = 40, 64 * 2**20
"""All of it unpacked may be so many times the archive's size, and so much more; what is written packs less."""
BLOCK = 2**20
_NAME = re.compile(r"[^\x00-\x1f\\/:*?\"<>|]+(/[^\x00-\x1f\\/:*?\"<>|]+)?")


def fault(name: str, template: str, /, **facts: object) -> RecordsError:
    """What does not fit, which a page can say in its language."""
    return RecordsError(Message(f"archive-error.{name}", template, **facts))


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """An archive whose list of files is as its manifest says. Raises RecordsError where it is none, or too much."""
    try:
        with zipfile.ZipFile(path) as file:
            _check_bounds(file, path.stat().st_size)
            yield Archive(file)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as error:
        # A damaged list of files leads to places that a file cannot have, which the system calls invalid.
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            raise
        raise fault(
            "no-zip",
            "expected an archive that CrackXAI wrote (ZIP), received another or a damaged file ({why}). Copy it again.",
            why=str(error)[:100],
        ) from error


class Archive:
    """Its manifest, and its files by name."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self._file = file
        names = {info.filename: info for info in file.infolist()}
        if manifest.NAME not in names:
            raise fault(
                "no-manifest",
                "expected an archive that CrackXAI wrote, received one without {file}.",
                file=manifest.NAME,
            )
        if names[manifest.NAME].file_size > MOST_MANIFEST:
            raise _too_large(manifest.NAME)
        self.manifest: Manifest = manifest.read_manifest(self._read(manifest.NAME, MOST_MANIFEST))
        listed = {each.name for each in self.manifest.files}
        if extra := sorted(names.keys() - listed - {manifest.NAME}):
            raise fault("extra", "{file} is in the archive and not in its manifest.", file=extra[0])
        if lost := sorted(listed - names.keys()):
            raise fault("lost", "{file} is in the manifest and not in the archive.", file=lost[0])

    def read(self, name: str, most: int = MAX_BYTES) -> bytes:
        """A file that the manifest lists; checked against it. Raises RecordsError where it is another."""
        member = next(each for each in self.manifest.files if each.name == name)
        data = self._read(name, most)
        if len(data) != member.size or hashlib.sha256(data).hexdigest() != member.sha256:
            raise _changed(name)
        return data

    def check_files(self, progress: Progress = silent) -> None:
        """Each file's size and SHA-256, in order, a block at a time. Raises RecordsError at the first that differs."""
        files = self.manifest.files
        for number, member in enumerate(files, 1):
            size, found = 0, hashlib.sha256()
            with self._file.open(member.name) as file:
                try:
                    while block := file.read(BLOCK):
                        size += len(block)
                        if size > member.size:
                            break
                        found.update(block)
                except (zipfile.BadZipFile, zlib.error, EOFError) as error:
                    raise _changed(member.name) from error
            if size != member.size or found.hexdigest() != member.sha256:
                raise _changed(member.name)
            progress(number, len(files))

    def _read(self, name: str, most: int) -> bytes:
        with self._file.open(name) as file:
            try:
                data = file.read(most + 1)
            except (zipfile.BadZipFile, zlib.error, EOFError) as error:
                raise _changed(name) from error
        if len(data) > most:
            raise _too_large(name)
        return data


def _check_bounds(file: zipfile.ZipFile, size: int) -> None:
    """By what the archive says of itself; reading stops there, whatever is packed."""
    infos = file.infolist()
    if len(infos) > MOST_FILES:
        raise fault(
            "many", "expected at most {most} files in an archive, received {count}.", most=MOST_FILES, count=len(infos)
        )
    seen: set[str] = set()
    for info in infos:
        name = info.filename
        if not _NAME.fullmatch(name) or ".." in name.split("/") or name.casefold() in seen or info.flag_bits & 1:
            raise fault(
                "name", "{file} is no name that CrackXAI gives a file of an archive, or is there twice.", file=name
            )
        seen.add(name.casefold())
        if info.file_size > MOST_FILE:
            raise _too_large(name)
    unpacked = sum(info.file_size for info in infos)
    if unpacked > MOST_TIMES * size + SPARE:
        raise fault(
            "bomb",
            "expected an archive that unpacks to at most {most} times its size, received one that unpacks to {count} "
            "MB. Nothing of it was unpacked.",
            most=MOST_TIMES,
            count=unpacked // 2**20,
        )


def _changed(name: str) -> RecordsError:
    return fault(
        "changed", "{file} is not the file that was handed over: its SHA-256 is not the manifest's.", file=name
    )


def _too_large(name: str) -> RecordsError:
    return fault("large", "{file} is larger than any that CrackXAI writes into an archive.", file=name)
