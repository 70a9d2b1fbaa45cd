"""Files that lie at a URI, such as ``s3://bucket/prefix``: what may be named, and reading and writing them by fsspec.

A URI here is a scheme, a bucket and names, and nothing else: no user, no password, no query, no step back. So none can
lead out of what it is below, and none that is recorded, shown or passed on holds a secret. Who may read the bucket is
told to the store's own client by its own means: ``AWS_ACCESS_KEY_ID``, ``AWS_ENDPOINT_URL``, ``~/.aws``, a role.

Records may come from elsewhere, and with them the URIs of photos. They are read again only below what the owner of this
computer named, in `CRACKXAI_PHOTOS` or on the command line: no record makes a server ask an address of its choice.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crackxai.errors import SourceError
from crackxai.inspection import source_errors

VARIABLE = "CRACKXAI_PHOTOS"
"""Environment variable: folders and URIs, separated as in PATH. Who can open the page can have everything below them
judged, and copied into the records."""
_URI = re.compile(r"([a-z][a-z0-9+.-]{0,31})://([^/].*)", re.DOTALL)
_SEPARATED = re.compile(r":(?!//)") if os.pathsep == ":" else re.compile(re.escape(os.pathsep))
_PASSWORD = re.compile(r"://[^/@:]*:[^/@]*@")
_ESCAPED = re.compile("%(2e|2f|5c)", re.IGNORECASE)
"""A dot or a slash, to those who decode names."""
SCHEMES = frozenset(
    ("s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "adl", "oci", "oss", "tos", "obs", "b2", "hf", "box", "dropbox",
     "gdrive", "http", "https", "ftp", "sftp", "ssh", "smb", "webdav", "webhdfs", "memory")
)  # fmt: skip
"""Of fsspec's file systems those that lie elsewhere, as far as their packages are installed. Others read files of this
computer (``file``, ``zip``, ``git``) or lie over another (``simplecache``, ``reference``). ``memory`` is for tests."""
_S3 = {"config_kwargs": {"response_checksum_validation": "when_required"}}
"""Servers that are not Amazon's send the whole checksum with a part of an object, and Amazon's client refuses that.
What a photo is, its SHA-256 tells."""
_trusted: set[RemotePlace] = set()


@dataclass(frozen=True)
class RemotePlace:
    """A URI that leads nowhere else. path : the bucket, or host, and names below it, without a slash at the end."""

    scheme: str
    path: str

    @classmethod
    def read(cls, text: str) -> RemotePlace:
        """Raises SourceError where it is none, or has what none may have."""
        found = _URI.fullmatch(text.strip())
        parts = found[2].rstrip("/").split("/") if found else []
        if (
            found is None
            or any(part in ("", ".", "..") for part in parts)
            or any(not c.isprintable() or c in "\\?" for c in found[2])
            or any(c in "@:" for c in parts[0])
            or "::" in text
            or _ESCAPED.search(found[2])
        ):
            raise source_errors.no_uri(text)
        return cls(found[1], "/".join(parts))

    def __str__(self) -> str:
        return f"{self.scheme}://{self.path}"

    @property
    def name(self) -> str:
        """Its last part, for people."""
        return self.path.rpartition("/")[2]

    def below(self, name: str) -> RemotePlace:
        """What has that name in it. Raises SourceError where the name leads out."""
        return RemotePlace.read(f"{self}/{name}")

    @property
    def above(self) -> RemotePlace | None:
        """What it lies in; None: it is a bucket."""
        above, _, _ = self.path.rpartition("/")
        return RemotePlace.read(f"{self.scheme}://{above}") if above else None

    def within(self, other: RemotePlace) -> bool:
        """Whether it is that one, or below it."""
        return self.scheme == other.scheme and f"{self.path}/".startswith(f"{other.path}/")


def is_uri(text: str) -> bool:
    """Whether it is meant as a URI, whatever of it may be wrong."""
    return "://" in text


def named() -> tuple[Path | RemotePlace, ...]:
    """What `CRACKXAI_PHOTOS` names, folders with links followed; what is not there, or cannot be, is passed over."""
    found: list[Path | RemotePlace] = []
    # The colon before a password parts nothing; who is named so is refused below.
    whole = _PASSWORD.sub("://…@", os.environ.get(VARIABLE, ""))
    for each in filter(None, map(str.strip, _SEPARATED.split(whole))):
        if not is_uri(each):
            found += [Path(each).resolve()] if Path(each).is_dir() else []
            continue
        try:
            found.append(RemotePlace.read(each))
        except SourceError:
            continue
    return tuple(dict.fromkeys(found))


def trust(place: RemotePlace) -> None:
    """Let what is recorded of photos below it be read again by this process: whoever started it named it."""
    _trusted.add(place)


def may_read(place: RemotePlace) -> bool:
    """Whether it is below what the owner named."""
    places = (*(each for each in named() if isinstance(each, RemotePlace)), *_trusted)
    return any(place.within(each) for each in places)


class RemoteFiles:
    """The files below a place, for several threads; all methods raise what fsspec and the store's client raise.

    Raises
    ------
    SourceError : a package is missing, or there is no such kind of store.
    """

    def __init__(self, place: RemotePlace) -> None:
        self.place = place
        self._system = _system(place)
        self._root = str(self._system._strip_protocol(str(place)))

    def list(self) -> Iterator[tuple[str, int]]:
        """Name below the place, and bytes, of each; asked of the store, not remembered."""
        self._system.invalidate_cache()
        for key, facts in self._system.find(str(self.place), detail=True).items():
            name = str(key)[len(self._root) :]
            # "s3://bucket/wall" lists what begins so on some stores, such as "wall-2/a.jpg".
            if name.startswith("/"):
                yield name[1:], int(facts.get("size") or 0)

    def read(self, name: str, most: int | None = None) -> bytes:
        """Its bytes, the first ``most``; None: all. Raises FileNotFoundError."""
        return bytes(self._system.cat_file(self._at(name), start=None if most is None else 0, end=most))

    def part(self, name: str, start: int, end: int) -> bytes:
        """Its bytes from ``start`` up to ``end``; fewer where it ends before. Raises FileNotFoundError."""
        return bytes(self._system.cat_file(self._at(name), start=start, end=end))

    def is_file(self, name: str) -> bool:
        """Whether there is a file of that name, not only names that begin so."""
        try:
            return bool(self._system.info(self._at(name))["type"] == "file")
        except FileNotFoundError:
            return False

    def size(self, name: str) -> int:
        """Bytes. Raises FileNotFoundError."""
        return int(self._system.info(self._at(name))["size"])

    def exists(self, name: str) -> bool:
        return bool(self._system.exists(self._at(name)))

    def write(self, name: str, data: bytes) -> None:
        """Whole or not at all, as far as the store keeps to that; object stores do."""
        self._system.pipe_file(self._at(name), data)

    def remove(self, name: str) -> None:
        """Raises FileNotFoundError."""
        self._system.rm_file(self._at(name))

    def _at(self, name: str) -> str:
        return str(self.place.below(name))


def read_uri(uri: str, most: int) -> bytes | None:
    """The file at a recorded URI; None: it may not be read, is larger than ``most`` bytes, or is not to be had."""
    try:
        place = RemotePlace.read(uri)
        if not may_read(place):
            return None
        if place.above is None:
            return None
        files = RemoteFiles(place.above)
        return files.read(place.name) if files.size(place.name) <= most else None
    except Exception:  # whatever a store's client raises: it is not to be had
        return None


def why(error: BaseException) -> str:
    """In words, on one line."""
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join((said or type(error).__name__).split())[:200]


def _system(place: RemotePlace) -> Any:
    if place.scheme not in SCHEMES:
        raise source_errors.no_uri(str(place))
    try:
        import fsspec

        # Others write beside this process: what a store had a minute ago is not what it has.
        options = _S3 if place.scheme in ("s3", "s3a") else {}
        return fsspec.filesystem(place.scheme, use_listings_cache=False, **options)
    except ImportError as error:
        raise source_errors.no_client(str(place), why(error)) from error
    except Exception as error:  # such as a host that does not answer
        raise source_errors.unlisted(str(place), why(error)) from error
