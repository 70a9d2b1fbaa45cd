"""SHAP maps of the most suspicious photos of an inspection, recorded with their judgements."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from crackxai.errors import CrackXAIError, ModelError, PhotoError, SettingsError
from crackxai.explain.methods import AnytimeExplainer, explainer
from crackxai.inspection.folder_settings import Failure, FolderSettings
from crackxai.inspection.look_ahead import LOOK_S
from crackxai.inspection.originals import read_recorded
from crackxai.inspection.records.claims import Claims, work_of
from crackxai.inspection.records.contents import Stored
from crackxai.inspection.records.facts import PhotoFile
from crackxai.inspection.records.judgements import Judgement
from crackxai.inspection.records.records import Records
from crackxai.model.classifier import CrackModel
from crackxai.model.decision import judge
from crackxai.photo import Box, Photo

Map = tuple[Mapping[str, Any], NDArray[np.float32]]
"""Its record, and its values, (H, W, 3)."""


class ToMap(NamedTuple):
    """A judgement to be explained. box : the window of its photo; None: the whole."""

    row: Stored[Judgement]
    file: PhotoFile
    box: Box | None


@dataclass(frozen=True)
class Wanted:
    """Which maps, and where they are recorded.

    Attributes
    ----------
    of : "photo" or "scan", as `Judgement.settings` call it. settings : how many, and with which settings.
    claims : of the run; a map that another has in hand is come back to.
    """

    model: CrackModel
    records: Records
    inspection: str
    of: str
    settings: FolderSettings
    claims: Claims


class WorstMaps:
    """Of the photos that this model judged in the way of ``of``, those of the highest probability.

    Of a scan, the window of its best finding is explained; one without a finding is passed over. What is recorded
    already is not made again. It can be stopped, and gone on with, also within a map.

    Attributes
    ----------
    made, known : maps recorded now, and before. failures : photos whose map could not be made.
    """

    def __init__(self, wanted: Wanted) -> None:
        self._model, self._records, self._inspection = wanted.model, wanted.records, wanted.inspection
        self._of, self._claims = wanted.of, wanted.claims
        self._count, self._settings = wanted.settings.explain_worst, wanted.settings.maps
        self.made = self.known = 0
        self.failures: list[Failure] = []
        self._left: list[ToMap] | None = None
        self._under_way: tuple[Photo, AnytimeExplainer] | None = None

    @property
    def done(self) -> float:
        """Maps, with the part of the one under way."""
        under_way = self._under_way
        part = 0.0 if under_way is None else under_way[1].evaluations / (self._settings.max_evals + 1)
        return self.made + self.known + len(self.failures) + min(part, 1.0)

    def advance(self, asked: Callable[[], None]) -> None:
        """To the end. asked : called before each map and between its batches; what it raises stops there."""
        if self._left is None:
            self._left = self._to_map()
        while self._left:
            asked()
            wanted = self._left[0]
            work = self._work(wanted.row)
            if not self._claims.take([work]):
                # In other hands: the others first.
                self.release()
                self._left.append(self._left.pop(0))
                time.sleep(LOOK_S)
                continue
            if self._claims.shared and self._is_recorded(wanted.row, wanted.box):
                # By whoever had it in hand before.
                self.known += 1
                self.release()
            else:
                self._take(wanted, self._made(wanted, asked))
            self._left.pop(0)
            self._claims.give_back([work])

    def _work(self, row: Stored[Judgement]) -> str:
        made = (self._inspection, self._model.fingerprint, self._model.precision)
        return work_of("map", str(row.sha256), *made, json.dumps(self._settings.as_dict(), sort_keys=True))

    def release(self) -> None:
        """Let go of what is under way; it is begun again when it is asked for."""
        self._under_way = None

    def _to_map(self) -> list[ToMap]:
        """What is to be made; what is recorded already is counted."""
        found = []
        for row in self._worst():
            recorded = self._records.photo(self._inspection, str(row.sha256))
            if recorded is None:
                continue
            box = _window(row.said, recorded.said)
            if self._is_recorded(row, box):
                self.known += 1
            else:
                found.append(ToMap(row, recorded.said, box))
        return found

    def _worst(self) -> list[Stored[Judgement]]:
        last = {row.sha256: row for row in self._records.judgements(self._inspection)} if self._count else {}
        own = [
            row
            for row in last.values()
            if row.said.fingerprint == self._model.fingerprint
            and row.said.settings.get("of") == self._of
            and row.said.settings.get("precision") == self._model.precision
            and row.said.probability is not None
            and (self._of != "scan" or row.said.findings)
        ]
        # Those of one probability keep the order in which they were recorded.
        return sorted(own, key=lambda row: -(row.said.probability or 0.0))[: self._count]

    def _made(self, wanted: ToMap, asked: Callable[[], None]) -> Map | CrackXAIError:
        """The map of the first that is left, or why there is none."""
        try:
            photo, run = self._under_way or self._begun(wanted.file, wanted.box)
            self._under_way = photo, run
            run.advance(progress=lambda *_: asked())
            result = replace(run.explanation(), verdict=judge(self._model, photo))
        except (PhotoError, ModelError, SettingsError) as error:
            return error
        return result.to_record(), result.channel_values

    def _take(self, wanted: ToMap, made: Map | CrackXAIError) -> None:
        """Record a map, or that there is none."""
        if isinstance(made, CrackXAIError):
            self._under_way = None
            self.failures.append(Failure(wanted.file.name, made.message))
            return
        # Asked again within the transaction: another run may have made it meanwhile.
        with self._records.together():
            if self._is_recorded(wanted.row, wanted.box):
                self.known += 1
            else:
                self._records.add_explanation(wanted.row, *made)
                self.made += 1
        self._under_way = None

    def _begun(self, file: PhotoFile, box: Box | None) -> tuple[Photo, AnytimeExplainer]:
        photo = read_recorded(self._records.store, file)
        photo = photo if box is None else photo.window(box)
        return photo, explainer(self._model, photo, self._settings)

    def _is_recorded(self, row: Stored[Judgement], box: Box | None) -> bool:
        wanted = {
            "settings": self._settings.as_dict(),
            "box": None if box is None else box.as_dict(),
            "model": (self._model.fingerprint, self._model.precision),
        }
        rows = self._records.explanations(self._inspection, row.sha256)
        return any(_made_of(each.said.record) == wanted for each in rows)


def _made_of(record: Mapping[str, Any]) -> dict[str, Any]:
    model = record.get("model", {})
    return {
        "settings": record.get("settings"),
        "box": record.get("photo", {}).get("box"),
        "model": (model.get("fingerprint"), model.get("precision")),
    }


def _window(judgement: Judgement, file: PhotoFile) -> Box | None:
    """Of a scan the best finding's; None: the whole photo."""
    if not judgement.findings:
        return None
    box = Box(**judgement.findings[0]["tile"])
    return None if {box.height, box.width} == {file.height, file.width} else box
