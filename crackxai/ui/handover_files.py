"""Files that are handed over, made one after another in the background, for all sessions. Knows no Streamlit."""

from __future__ import annotations

import logging
import shutil
import tempfile
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from crackxai.errors import Cancelled, CrackXAIError, Message
from crackxai.explain.progress import Progress
from crackxai.texts import DEFAULT, catalogue

log = logging.getLogger(__name__)

KEPT = 12
"""Files that are kept, of which the oldest go first."""
Write = Callable[[Path, Progress], None]


@dataclass(frozen=True)
class Wanted:
    """A file: of which inspection as it stood (``covers``), "pdf", "xlsx", "csv" or "zip", and how it is made."""

    inspection: str
    covers: str
    kind: str
    paper: str
    language: str
    with_photos: bool


class Making:
    """A file that is made. done, total : photos. path : where it lies once it is there; error : why it is not."""

    def __init__(self) -> None:
        self.done, self.total = 0, 0
        self.path: Path | None = None
        self.error: str | None = None
        self._cancelled = threading.Event()

    @property
    def ended(self) -> bool:
        """Whether it is made, or failed."""
        return self.path is not None or self.error is not None

    def cancel(self) -> None:
        """Give it up at the next photo."""
        self._cancelled.set()

    def progress(self, evaluations: int, total: int) -> None:
        """As `crackxai.explain.progress.Progress`, in photos."""
        if self._cancelled.is_set():
            raise Cancelled
        self.done, self.total = evaluations, total


class HandoverFiles:
    """Makes files, one at a time, in a folder that goes with the process."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="crackxai-"))
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._pool = ThreadPoolExecutor(1, "handover")
        self._makings: OrderedDict[Wanted, Making] = OrderedDict()
        self._lock = threading.Lock()
        self._number = 0

    def get(self, wanted: Wanted) -> Making | None:
        """What became of a file that was asked for; None: it was not, or it went again."""
        with self._lock:
            return self._makings.get(wanted)

    def start(self, wanted: Wanted, write: Write) -> Making:
        """Make a file, if that is not under way or done. write : writes it to a path, and tells its progress."""
        with self._lock:
            known = self._makings.get(wanted)
            if known is not None and known.error is None:
                return known
            self._number += 1
            path = self._folder / f"{self._number}.{wanted.kind}"
            making = self._makings[wanted] = Making()
            self._makings.move_to_end(wanted)
            self._drop_oldest()
        self._pool.submit(_make, making, path, write)
        return making

    def drop(self, wanted: Wanted) -> None:
        """Give a file up."""
        with self._lock:
            making = self._makings.pop(wanted, None)
        if making is not None:
            making.cancel()

    def _drop_oldest(self) -> None:
        ended = [wanted for wanted, making in self._makings.items() if making.ended]
        for wanted in ended[: max(0, len(self._makings) - KEPT)]:
            path = self._makings.pop(wanted).path
            if path is not None:
                path.unlink(missing_ok=True)


def _make(making: Making, path: Path, write: Write) -> None:
    try:
        write(path, making.progress)
    except Cancelled:
        path.unlink(missing_ok=True)
        making.error = Message("handover-panel.stopped", "stopped")
    except CrackXAIError as error:
        path.unlink(missing_ok=True)
        making.error = error.message
    except Exception:
        # The page can tell no more of it than that; a thread's error would go unseen.
        log.exception("handover")
        path.unlink(missing_ok=True)
        making.error = Message("handover-panel.failed", catalogue(DEFAULT)["handover-panel.failed"])
    else:
        making.path = path
