"""Files that are written whole or not at all, and never over another by accident."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from crackxai.errors import OutputError


@contextlib.contextmanager
def written_whole(path: str | os.PathLike[str], replace: bool = True) -> Iterator[Path]:
    """A file beside ``path`` to write to; it becomes ``path`` when the block ends, and is removed where that fails.

    It is on the disk before it takes the name, so that after a crash ``path`` is the old file or the new one. It has
    the endings of ``path``, which some writers add or look at. A link at ``path`` is replaced, not followed.

    Parameters
    ----------
    replace : whether a file that is there already may be written over.

    Raises
    ------
    OutputError : it cannot be written (disk full, no right to, no such folder), or is there and ``replace`` is False.

    Examples
    --------
    >>> with written_whole("values.npz") as beside:
    ...     np.savez(beside, values=values)
    """
    path = Path(path)
    if not replace:
        refuse_taken([path])
    with _told(path):
        beside = _beside(path)
        try:
            yield beside
            _flush(beside)
            _rename(beside, path, replace)
        finally:
            beside.unlink(missing_ok=True)
        _flush_folder(path.parent)


def write_file(path: str | os.PathLike[str], content: bytes | str, replace: bool = True) -> None:
    """`written_whole` with ``content``; text as UTF-8, where bytes of a name that are no text stay ``\\udcXX``."""
    with written_whole(path, replace) as beside:
        beside.write_bytes(_encoded(content))


def write_files(contents: Mapping[Path, bytes | str], replace: bool = True) -> None:
    """Files that belong together, as `write_file` writes each: none of them takes its name before all are on the disk.

    Raises
    ------
    OutputError : as of `written_whole`; nothing new is left then.
    """
    beside: dict[Path, Path] = {}
    new: list[Path] = []
    try:
        for path, content in contents.items():
            with _told(path):
                beside[path] = _beside(path)
                beside[path].write_bytes(_encoded(content))
                _flush(beside[path])
        for path, temporary in beside.items():
            was_there = os.path.lexists(path)
            with _told(path):
                _rename(temporary, path, replace)
            if not was_there:
                new.append(path)
    except BaseException:
        for path in new:
            path.unlink(missing_ok=True)
        raise
    finally:
        for temporary in beside.values():
            temporary.unlink(missing_ok=True)
    for folder in {path.parent for path in contents}:
        _flush_folder(folder)


def refuse_taken(paths: Iterable[Path]) -> None:
    """Raise the `OutputError` of the first name that is taken; asked before work that would be in vain."""
    for path in paths:
        with _told(path):
            if os.path.lexists(path):
                raise FileExistsError(path)


def new_folder(path: Path) -> Path:
    """Make the folder ``path``, or with -2, -3, ... after its name where that is there already.

    Raises
    ------
    OutputError : no folder can be made there.
    """
    number = 1
    while True:
        folder = path if number == 1 else path.with_name(f"{path.name}-{number}")
        with _told(folder):
            try:
                folder.mkdir(parents=True)
            except FileExistsError:
                number += 1
                continue
            return folder


def make_folder(path: Path) -> Path:
    """Make the folder ``path`` where there is none.

    Raises
    ------
    OutputError : it cannot be made, or is a file.
    """
    with _told(path):
        if path.exists() and not path.is_dir():
            raise OutputError(f"{path}: expected a folder, received a file. Name another place.")
        path.mkdir(parents=True, exist_ok=True)
    return path


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    """A failure of the system, as an error that names the user's file instead of the one beside it."""
    try:
        yield
    except FileExistsError as error:
        raise OutputError(
            f"{path}: expected a name that is free, received one that is taken. Name another place, or write over it "
            "with --force."
        ) from error
    except OSError as error:
        raise OutputError(
            f"{path}: cannot be written: {error.strerror or error}. Check the folder, its rights and the disk. Nothing "
            "of it was left behind."
        ) from error


def _beside(path: Path) -> Path:
    # Short, whatever the length of the name: names may have 255 bytes.
    endings = "".join(path.suffixes[-2:])
    return path.with_name(f".crackxai-{secrets.token_hex(4)}{endings if len(endings) <= 32 else path.suffix[:32]}")


def _encoded(content: bytes | str) -> bytes:
    return content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    # Not every system can flush a folder; the file itself is safe by then.
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _rename(beside: Path, path: Path, replace: bool) -> None:
    if replace:
        os.replace(beside, path)
        return
    try:
        os.link(beside, path)  # fails where the name is taken, also by another program at this moment
    except FileExistsError:
        raise
    except OSError as error:  # a file system without hard links
        if os.path.lexists(path):
            raise FileExistsError(path) from error
        beside.rename(path)
