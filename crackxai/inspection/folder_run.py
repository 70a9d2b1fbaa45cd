"""The photos of a folder judged into an inspection: whatever was ever answered is not asked again.

It can be stopped anywhere, also by ``kill -9``, and begun again: what is recorded is the only thing it goes by. A photo
and its answer are written in one transaction, and whether they are there is asked within it, so that two runs at once
write nothing twice either. Runs on several servers share the photos out, see `records.claims`: what another has in hand
is come back to, and by then it is known, or free.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from crackxai.errors import CrackXAIError
from crackxai.explain.progress import Progress, silent
from crackxai.inspection import source_errors
from crackxai.inspection.folder_questions import Question, question_of
from crackxai.inspection.folder_settings import Came, Duplicate, Failure, FolderResult, FolderSettings, Outcome
from crackxai.inspection.look_ahead import LOOK_S, THREADS, LookAhead
from crackxai.inspection.photo_source import PhotoSource, SourcePhoto
from crackxai.inspection.prepared_photo import Prepared, Preparing
from crackxai.inspection.records.claims import Claims, work_of
from crackxai.inspection.records.facts import PhotoFile
from crackxai.inspection.records.judgements import Judgement
from crackxai.inspection.records.records import Records
from crackxai.inspection.remote_files import is_uri
from crackxai.inspection.worst_maps import Wanted, WorstMaps
from crackxai.model.classifier import CrackModel
from crackxai.photo.reading import OpenedPhoto
from crackxai.tallies import count

Fresh = tuple[Prepared, PhotoFile]
COME_BACK_S = 0.5
"""Seconds to wait before photos that others have in hand are looked at again."""
MAP_SHARE = 20
"""A map in photos, for how far a run is: about as long as it takes."""


class FolderRun:
    """A run over the photos of a source; it keeps `crackxai.ui.job.Advancing`.

    One thread at a time advances it, another waits; all may read it meanwhile.

    >>> run = FolderRun(load_model(), open_source(Path("photos")), records, inspection)
    >>> run.advance()
    >>> run.result().by_verdict

    Parameters
    ----------
    inspection : name of the inspection in the records.

    Raises
    ------
    RecordsError : there is no such inspection.
    SettingsError : a threshold or band out of range.
    SourceError : copies are to be kept, or have to be, where the records have no place for them.
    """

    def __init__(
        self,
        model: CrackModel,
        source: PhotoSource,
        records: Records,
        inspection: str,
        settings: FolderSettings | None = None,
    ) -> None:
        self.source, self.inspection, self.settings = source, inspection, settings or FolderSettings()
        self._records = records
        records.inspection(inspection)
        self._copy = self.settings.copy or any(photo.path is None for photo in source.photos)
        if self._copy and not records.store.keeps:
            raise source_errors.no_store()
        self._question = self._question_of(model)
        self._claims = Claims(records.database)
        self._preparing = Preparing(self._question.key, self._known, self._prepare, self._copy, self._claim)
        self._ahead = self._looking_at(source.photos)
        self._put_off: list[SourcePhoto] = []
        """In other hands when they were come to."""
        self._maps = self._maps_of(Wanted(model, records, inspection, self._question.of, self.settings, self._claims))
        self._first: dict[str, str] = {}
        """By hash, the place of the first photo that has it."""
        self._result = FolderResult(len(source.photos), left_out=tuple(source.left_out))
        self._finished = False
        self._seconds = 0.0
        self._began: float | None = None
        """When it was set going, while it is under way."""
        self._advancing = threading.Lock()

    @property
    def photo_name(self) -> str:
        """Of the source, for people."""
        return self.source.name

    @property
    def total(self) -> int:
        """Photos, and maps as so many photos."""
        return len(self.source.photos) + MAP_SHARE * self.settings.explain_worst

    @property
    def evaluations(self) -> int:
        """Of `total`, done."""
        if self._finished:
            return self.total
        maps = min(self._maps.done, self.settings.explain_worst)
        return min(self._result.done + int(MAP_SHARE * maps), max(0, self.total - 1))

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to do."""
        return self._finished

    def result(self) -> FolderResult:
        """How it stands now."""
        maps, began = self._maps, self._began
        seconds = self._seconds + (0.0 if began is None else time.perf_counter() - began)
        return replace(
            self._result, seconds=seconds, maps=maps.made, known_maps=maps.known, unmapped=tuple(maps.failures)
        )

    def advance(self, total: int | None = None, progress: Progress | None = None) -> None:
        """Go on to so many of `total`; None: to the end.

        Parameters
        ----------
        progress : called between photos, and between the steps of one that is scanned or explained; what it raises
            (`Cancelled`) stops the run there, to be gone on with.

        Raises
        ------
        RecordsError, OutputError : the records or the copies cannot be written; what was written before is kept.
        SourceError : the archive exceeds its bounds, or is gone.
        """
        tell = progress or silent
        end = self.total if total is None else min(total, self.total)

        def asked() -> None:
            self._claims.renew()
            tell(self.evaluations, self.total)

        with self._advancing:
            if self._finished:
                return
            self._began = time.perf_counter()
            try:
                self._ahead.again()
                asked()
                self._begin(asked)
                while self._result.done < len(self.source.photos) and self.evaluations < end:
                    self._ahead.ahead = self._ahead_now
                    if batch := self._ahead.ready(self._question.batch, asked):
                        self._step(batch, asked)
                    else:
                        self._come_back(asked)
                    asked()
                if self._result.done < len(self.source.photos) or self.evaluations >= end < self.total:
                    return
                self._ahead.release()
                self._maps.advance(asked)
                self._finished = True
                self._claims.give_all_back()
            finally:
                began, self._began = self._began, None
                self._seconds += 0.0 if began is None else time.perf_counter() - began
                self._rest()
            asked()

    def close(self) -> None:
        """End its threads and let go of the source; what is recorded is kept."""
        with self._advancing:
            self._ahead.release()
            self.source.close()
            self._claims.give_all_back()

    # Where it is computed: here

    def _question_of(self, model: CrackModel) -> Question[Any]:
        return question_of(model, self.settings)

    def _maps_of(self, wanted: Wanted) -> WorstMaps:
        return WorstMaps(wanted)

    @property
    def _ahead_now(self) -> int:
        # Files that wait to be copied may have fifty megabytes each.
        return min(self._question.ahead, 2 * THREADS) if self._copy else self._question.ahead

    def _prepare(self, opened: OpenedPhoto, data: bytes) -> Any:
        """Of a photo whose answer is not known, what is asked; in any thread."""
        return self._question.prepare(opened.read())

    def _begin(self, asked: Callable[[], None]) -> None:
        """Before it goes on; time that is none of the photos' is taken out of `_began` here."""

    def _rest(self) -> None:
        """When it has stopped, or is done."""

    # Photos

    def _looking_at(self, photos: Sequence[SourcePhoto]) -> LookAhead[SourcePhoto, Prepared]:
        return LookAhead(self._preparing, photos, self._ahead_now, self._question.threads)

    def _claim(self, sha256: str, key: str) -> bool:
        return bool(self._claims.take([work_of(sha256, key)]))

    def _come_back(self, asked: Callable[[], None]) -> None:
        """To what was in other hands. Raises what ``asked`` raises."""
        until = time.monotonic() + COME_BACK_S
        while time.monotonic() < until:
            asked()
            time.sleep(LOOK_S)
        self._ahead.release()
        self._ahead, self._put_off = self._looking_at(self._put_off), []

    def _known(self, sha256: str, key: str) -> Judgement | None:
        found = self._records.judged(sha256, key)
        return None if found is None else found.said

    def _step(self, batch: Sequence[Prepared], asked: Callable[[], None]) -> None:
        """Ask about the next photos, and record all that is to be said of them; all of it or nothing."""
        failures, duplicates, first = list[Failure](), list[Duplicate](), dict(self._first)
        fresh: list[Fresh] = []
        put_off = [each.photo for each in batch if each.elsewhere]
        for each in batch:
            if each.elsewhere:
                continue
            if each.file is None:
                failures.append(Failure(each.photo.place, each.error.message if each.error else ""))
            elif each.file.sha256 in first:
                duplicates.append(Duplicate(each.photo.place, first[each.file.sha256]))
            else:
                first[each.file.sha256] = each.photo.place
                fresh.append((each, each.file))
        fresh, lost = self._still_held(fresh)
        put_off += [each.photo for each, _ in lost]
        first = {sha256: place for sha256, place in first.items() if sha256 not in {file.sha256 for _, file in lost}}
        unknown = [each for each, _ in fresh if each.known is None]
        answers = dict(zip(unknown, self._question.answers([each.question for each in unknown], asked), strict=True))
        if self._copy and self._records.store.far:
            for each, file in fresh:
                if each.data is not None:
                    self._records.store.keep(each.data, file.sha256, file.name)
        outcomes = []
        with self._records.together():
            for each, file in fresh:
                answer = each.known or answers[each]
                if isinstance(answer, CrackXAIError):
                    failures.append(Failure(each.photo.place, answer.message))
                    continue
                came = self._record(each, file, answer)
                outcomes.append(Outcome(each.photo.place, file.sha256, came, answer.verdict, answer.probability))
        self._first = first
        self._result = replace(
            self._result,
            outcomes=(*self._result.outcomes, *outcomes),
            failures=(*self._result.failures, *failures),
            duplicates=(*self._result.duplicates, *duplicates),
        )
        self._put_off += put_off
        count("judged", sum(outcome.came == "judged" for outcome in outcomes))
        self._ahead.used(len(batch))
        self._claims.give_back(map(self._work, unknown))

    def _work(self, prepared: Prepared) -> str:
        assert prepared.file is not None
        assert prepared.key is not None
        return work_of(prepared.file.sha256, prepared.key)

    def _still_held(self, fresh: list[Fresh]) -> tuple[list[Fresh], list[Fresh]]:
        """Those to go on with, and those that others took: this run stood still for longer than a lease."""
        held = self._claims.take(self._work(each) for each, _ in fresh if each.known is None)
        lost = [pair for pair in fresh if pair[0].known is None and self._work(pair[0]) not in held]
        return [pair for pair in fresh if pair not in lost], lost

    def _record(self, prepared: Prepared, file: PhotoFile, answer: Judgement) -> Came:
        """Within a transaction: write what is not there, and say what was."""
        there = self._records.photo(self.inspection, file.sha256)
        if there is None or self._tells_more(there.said, file):
            # What somebody said of it stays: only where it lies is said anew.
            said = file if there is None else replace(there.said, path=file.path or there.said.path)
            self._records.add_photo(self.inspection, said, self._copy, prepared.data)
        judgements = () if there is None else self._records.judgements(self.inspection, file.sha256)
        if any(row.said.key == answer.key for row in judgements):
            return "already"
        self._records.add_judgement(self.inspection, file.sha256, answer)
        return "judged" if prepared.known is None else "known"

    def _tells_more(self, there: PhotoFile, now: PhotoFile) -> bool:
        """Whether the photo can be had from a place that is not recorded, where it cannot from one that is."""
        if there.stored is not None:
            return False
        return self._copy or (now.path is not None and there.path != now.path and not _is_there(there.path))


def _is_there(path: str | None) -> bool:
    # Whether it is at a URI would be asked of the store for each photo; one that has gone is told when it is looked at.
    return path is not None and (is_uri(path) or Path(path).is_file())
