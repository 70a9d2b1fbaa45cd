"""What a run asks where the answers are computed on other machines: files go out, answers come back."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from crackxai.errors import CrackXAIError, ModelError, PhotoError
from crackxai.inspection.cluster import cluster_errors
from crackxai.inspection.cluster.link import Link
from crackxai.inspection.folder_questions import Question
from crackxai.inspection.look_ahead import LookAhead
from crackxai.inspection.originals import read_original
from crackxai.inspection.records.judgements import Judgement
from crackxai.inspection.worst_maps import Map, ToMap, Wanted, WorstMaps
from crackxai.photo import MAX_BYTES, Photo
from crackxai.photo.reading import OpenedPhoto

SENT_BYTES = 2**29
"""Of photos that are read and not recorded yet, about, whatever size they have."""
MOST_AHEAD = 256
"""Photos under way; each has a thread that waits for its answer."""
LATELY = 100
"""Photos whose largest tells how many may be under way."""


class RemoteQuestion:
    """Keeps `crackxai.inspection.folder_questions.Question`: the same question, answered by workers.

    Parameters
    ----------
    here : the question itself, which knows the keys of its answers.
    """

    batch, threads = 32, MOST_AHEAD

    def __init__(self, here: Question[Any], link: Link) -> None:
        self._here, self._link = here, link
        self.of, self.key = here.of, here.key
        # Before any is known, all are taken to be as large as may be.
        self._sizes: deque[int] = deque([MAX_BYTES], LATELY)

    @property
    def ahead(self) -> int:
        """What workers have in hand and half as much that waits for them, as far as memory goes."""
        standing = self._link.standing
        wanted = 2 if standing is None else standing.in_hand * 3 // 2 + 2
        return max(1, min(wanted, MOST_AHEAD, SENT_BYTES // max(self._sizes)))

    def prepare(self, photo: Photo) -> object:
        """Pixels are for the workers."""
        raise AssertionError("a file is sent, see answer")

    def answer(self, opened: OpenedPhoto, data: bytes) -> Judgement | ModelError:
        """Waited for. Raises PhotoError: the pixels cannot be read; ClusterError: nothing can be asked."""
        self._sizes.append(len(data))
        answer = self._link.ask(data, opened.header.name)
        if isinstance(answer, PhotoError):
            raise answer
        if isinstance(answer, Judgement) and answer.key != self.key(opened.header):
            # Of the same model and version it cannot be; under this key it would be found for ever.
            raise cluster_errors.another_answer(opened.header.name)
        return answer  # type: ignore[no-any-return]

    def answers(
        self, prepared: Sequence[Judgement | ModelError], asked: Callable[[], None]
    ) -> list[Judgement | ModelError]:
        """They are there."""
        return list(prepared)


class RemoteMaps(WorstMaps):
    """Several maps at once, one a worker; recorded in the order of the photos."""

    def __init__(self, wanted: Wanted, link: Link) -> None:
        super().__init__(wanted)
        self._link = link
        self._ahead: LookAhead[ToMap, Map | CrackXAIError] | None = None

    def release(self) -> None:
        """Those that were not taken are asked for again."""
        if self._ahead is not None:
            self._ahead.release()
            self._ahead = None

    def _made(self, wanted: ToMap, asked: Callable[[], None]) -> Map | CrackXAIError:
        # What is under way when a turn is over goes on meanwhile.
        if self._ahead is None:
            self._ahead = LookAhead(self._asked, tuple(self._left or ()), 1, MOST_AHEAD)
        standing = self._link.standing
        self._ahead.ahead = standing.workers if standing else 1
        self._ahead.again()
        return self._ahead.ready(1, asked)[0]

    def _take(self, wanted: ToMap, made: Map | CrackXAIError) -> None:
        super()._take(wanted, made)
        assert self._ahead is not None
        self._ahead.used(1)

    def _asked(self, wanted: ToMap) -> Map | CrackXAIError:
        try:
            data = read_original(self._records.store, wanted.file)
        except PhotoError as error:
            return error
        answer: Map | CrackXAIError = self._link.ask(data, wanted.file.name, self._settings, wanted.box)
        return answer
