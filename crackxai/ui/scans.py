"""Starting, watching and reading the scans of one browser session."""

from __future__ import annotations

from dataclasses import dataclass

from crackxai import CrackModel, Photo, Scan
from crackxai.inspection.scan import ScanSettings
from crackxai.inspection.scanner import Scanner
from crackxai.inspection.stated_scale import StatedScale
from crackxai.ui import resources, runs, state
from crackxai.ui.job import Job
from crackxai.ui.jobs import QueueFull
from crackxai.ui.state import AskedScan, Item, ScanKey

FROM = 4
"""Photo pixels in one of the network's from which fine cracks may vanish, and a photo is scanned."""


@dataclass(frozen=True)
class Scanning:
    """A scan as the page sees it.

    Attributes
    ----------
    job : None where nothing is under way.
    """

    key: ScanKey
    scanner: Scanner
    job: Job[Scanner] | None

    def read(self) -> Scan:
        """What is known now."""
        return self.scanner.scan()


def pixels_per_pixel(model: CrackModel, photo: Photo) -> float:
    """Photo pixels in one of the network's, along the longer side."""
    return max(photo.box.height, photo.box.width) / max(model.input_size)


def worth(model: CrackModel, photo: Photo) -> bool:
    """Whether the photo is so much larger than the network's picture that it has to be scanned."""
    return pixels_per_pixel(model, photo) >= FROM


def large(model: CrackModel, item: Item) -> bool:
    """The same, without the photo at hand."""
    return max(resources.size(item)) / max(model.input_size) >= FROM


def key_of(model: CrackModel, item: Item) -> ScanKey:
    """Of the scan of that photo as the page makes it, by the scale that is stated for it."""
    return ScanKey.of(model, item, ScanSettings(), state.stated_scale(item))


def start(model: CrackModel, item: Item) -> ScanKey:
    """Begin the scan of a photo, or go on with it; nothing is judged twice. Raises PhotoError, SettingsError.

    An explanation that the engineer asks for meanwhile goes first.
    """
    key = key_of(model, item)
    state.messages().pop(key, None)
    state.scanned()[key] = AskedScan(item.id, state.choice() or (resources.DEFAULT_MODEL, model.precision))
    under_way = state.scan_jobs().get(key)
    if under_way is not None and not under_way.cancelled:
        return key
    scanner = resources.scanner(model, item, key.settings, key.scale)
    if scanner.finished:
        return key
    kind = "scan", model.fingerprint, model.precision
    job = Job(scanner, scanner.total, kind, state.presence().connected, state.owner())
    try:
        resources.queue().submit(job)
    except QueueFull as full:
        state.messages()[key] = full.message
    else:
        state.scan_jobs()[key] = job
    return key


def measure(model: CrackModel, item: Item, scale: StatedScale | None) -> ScanKey:
    """Tell lengths of a photo's scan by that scale from now on, None by none; what was judged is taken along.

    The scan that there was stays as it is, and is gone on with where its scale is stated again.

    Raises
    ------
    PhotoError, SettingsError : the scale cannot be had from the photo; nothing has changed.
    """
    on_wall = None if scale is None else scale.on(resources.photo(item))
    before = key_of(model, item)
    found = find(before)
    state.state_scale(item, scale)
    key = key_of(model, item)
    if found is not None and key != before:
        cancel(before)
        kept = resources.scans().peek(key)
        if kept is None or kept.tiles < found.scanner.tiles:
            resources.scans().put(key, found.scanner.on_wall(on_wall))
    return start(model, item)


def watch(key: ScanKey) -> None:
    """Let that scan, of the photo that is looked at, go before the session's others."""
    for each, job in state.scan_jobs().items():
        job.watched = each == key


def find(key: ScanKey) -> Scanning | None:
    """The scan of that key, if it is under way or kept."""
    job = state.scan_jobs().get(key)
    scanner = job.explainer if job else resources.scans().peek(key)
    return None if scanner is None else Scanning(key, scanner, job)


def ended(model: CrackModel, item: Item) -> bool:
    """Whether the scan of a photo came to its end, and is kept."""
    found = find(key_of(model, item))
    return found is not None and found.scanner.finished


def finished(model: CrackModel, item: Item) -> Scan | None:
    """What the scan of a photo found, where it came to its end."""
    found = find(key_of(model, item))
    return found.read() if found is not None and found.scanner.finished else None


def collect() -> bool:
    """Put away the scans that have ended, with what they had to say; whether there were any."""
    ended = [key for key, job in state.scan_jobs().items() if job.done]
    for key in ended:
        job = state.scan_jobs().pop(key)
        if key not in state.scanned():
            continue  # its photo was removed meanwhile
        # While it was under way, room may have been made by giving it up.
        resources.scans().put(key, job.explainer)
        if job.error:
            state.messages()[key] = job.error
    return bool(ended)


def cancel(key: ScanKey) -> None:
    if job := state.scan_jobs().get(key):
        resources.queue().cancel(job)


def forget(item: Item) -> None:
    """Stop and forget the scans of a photo that is removed; if it comes back, it is scanned as if it had not been."""
    for key in [key for key in state.scanned() if (key.photo, key.name) == (item.key, item.name)]:
        cancel(key)
        del state.scanned()[key]
    state.open_window(item, None)
    state.state_scale(item, None)
    state.draw_line(item, None)


def item_of(key: ScanKey) -> Item | None:
    """The photo of a scan, if the session still has it."""
    asked = state.scanned().get(key)
    return asked and runs.find_item(asked.item)


def choose(key: ScanKey) -> None:
    """Put the photo of a scan under inspection, with its model. For callbacks, before any widget."""
    if item := item_of(key):
        state.select(item)
        state.state_scale(item, key.scale)
    state.choose(*state.scanned()[key].choice)


def progress_text(job: Job[Scanner]) -> str:
    """Where a scan stands, in words."""
    return runs.progress_text(job, "scan.running", "scan.rate")
