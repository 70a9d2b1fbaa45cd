"""What a run asks of each photo: a verdict on the whole of it, or a scan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from crackxai.errors import ModelError
from crackxai.inspection.folder_settings import FolderSettings
from crackxai.inspection.look_ahead import THREADS
from crackxai.inspection.records.judgements import Judgement, judgement_key, photo_settings, scan_settings
from crackxai.inspection.scan import ScanSettings
from crackxai.inspection.scanner import Scanner
from crackxai.model.classifier import CrackModel
from crackxai.model.decision import Look, judge_looks, look, rule_of
from crackxai.photo import Photo

M = TypeVar("M")


class Question(Protocol, Generic[M]):
    """What is asked of each photo.

    Attributes
    ----------
    of : as `Judgement.settings` call it. batch : photos that are asked about at once, at most.
    ahead : photos that are prepared, or about to be, at most. threads : that prepare them.
    """

    of: str
    batch: int
    threads: int

    @property
    def ahead(self) -> int:
        """It may be another each time."""

    def key(self, header: Photo) -> str:
        """Under which the answer is found again, see `judgement_key`. header : see `open_photo`."""

    def prepare(self, photo: Photo) -> M:
        """What has to be kept of a decoded photo, in any thread."""

    def answers(self, prepared: Sequence[M], asked: Callable[[], None]) -> list[Judgement | ModelError]:
        """To each of at most `batch`. asked : called between two steps; what it raises stops it, to be gone on with."""


class WholePhotos:
    """A verdict on each whole photo. Of a photo only the network's picture is kept."""

    of, batch, ahead, threads = "photo", 8, 8 + THREADS, THREADS

    def __init__(self, model: CrackModel, threshold: float | None, band: float | None) -> None:
        self._model = model
        self._threshold, self._band = rule_of(model, threshold, band)
        self._key = judgement_key(model.fingerprint, photo_settings(model.precision, self._threshold, self._band))

    def key(self, header: Photo) -> str:
        """The same for all."""
        return self._key

    def prepare(self, photo: Photo) -> Look:
        """The pixels are let go."""
        return look(self._model, photo)

    def answers(self, prepared: Sequence[Look], asked: Callable[[], None]) -> list[Judgement | ModelError]:
        """In one forward pass; where that fails, each by itself."""
        try:
            return list(self._judged(prepared))
        except ModelError as error:
            if len(prepared) == 1:
                return [error]
        return [answer for each in prepared for answer in self.answers([each], asked)]

    def _judged(self, looks: Sequence[Look]) -> list[Judgement]:
        verdicts = judge_looks(self._model, looks, self._threshold, self._band)
        return [Judgement.of_verdict(verdict, self._model) for verdict in verdicts]


class Scans:
    """A scan of each photo. Its pixels are kept, so few are prepared."""

    of, batch, ahead, threads = "scan", 1, 2, THREADS

    def __init__(self, model: CrackModel, settings: ScanSettings) -> None:
        self._model, self._settings = model, settings

    def key(self, header: Photo) -> str:
        """By the size of the photo, on which the score depends from which a finding counts."""
        applied = Scanner(self._model, header, self._settings).threshold
        return judgement_key(self._model.fingerprint, scan_settings(self._model.precision, self._settings, applied))

    def prepare(self, photo: Photo) -> Scanner:
        """A scan that has not begun."""
        return Scanner(self._model, photo, self._settings)

    def answers(self, prepared: Sequence[Scanner], asked: Callable[[], None]) -> list[Judgement | ModelError]:
        """The scanner keeps what was judged before it was stopped."""
        found: list[Judgement | ModelError] = []
        for scanner in prepared:
            try:
                scanner.advance(None, lambda *_: asked())
                found.append(Judgement.of_scan(scanner.scan()))
            except ModelError as error:
                found.append(error)
        return found


def question_of(model: CrackModel, settings: FolderSettings) -> WholePhotos | Scans:
    """What those settings ask. Raises SettingsError: a threshold or band out of range."""
    if settings.scan is None:
        return WholePhotos(model, settings.threshold, settings.band)
    return Scans(model, settings.scan)
