"""What runs on a node: it holds the model, and answers the photos whose bytes it is sent."""

from __future__ import annotations

import os
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from crackxai.errors import CrackXAIError, Message, ModelError, PhotoError, SettingsError
from crackxai.inspection.cluster import cluster_errors
from crackxai.inspection.cluster.messages import Setup, Task

if TYPE_CHECKING:
    from crackxai.model.classifier import CrackModel

M = TypeVar("M")
A = TypeVar("A")


class Batches(Generic[M, A]):
    """Puts what several threads ask together, so that one pass of the network answers them.

    Who finds nobody computing computes for all that wait; nobody waits for a batch to be full.

    Parameters
    ----------
    answers : of so many at once. most : of them.
    """

    def __init__(self, answers: Callable[[Sequence[M]], Sequence[A]], most: int) -> None:
        self._answers, self._most = answers, most
        self._waiting: deque[tuple[M, Future[A]]] = deque()
        self._computing = threading.Lock()

    def ask(self, question: M) -> A:
        """The answer; what ``answers`` raised, for all that it was asked."""
        own: Future[A] = Future()
        self._waiting.append((question, own))
        while not own.done():
            with self._computing:
                if not own.done():
                    self._next()
        return own.result()

    def _next(self) -> None:
        taken = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
        try:
            answers = self._answers([question for question, _ in taken])
            for (_, future), answer in zip(taken, answers, strict=True):
                future.set_result(answer)
        except BaseException as error:
            for _, future in taken:
                if not future.done():
                    future.set_exception(error)


class Worker:
    """Ray's actor. Several threads ask it at once: some decode while one computes.

    Parameters
    ----------
    setup, files : what is asked, and the model's files by name. threads : to compute in.
    """

    def __init__(self, setup: Setup, files: Mapping[str, bytes], threads: int) -> None:
        self._setup, self._files, self._threads = setup, files, threads

    def begin(self) -> Message | None:
        """Load the model, before anything else is asked; why it cannot be, where the rest cannot work either."""
        import crackxai

        node = os.uname().nodename if hasattr(os, "uname") else "node"
        if crackxai.__version__ != self._setup.version:
            return cluster_errors.another_version(self._setup.version, crackxai.__version__, node)
        try:
            self._model = self._loaded()
        except CrackXAIError as error:
            return cluster_errors.worker_failed(node, error.message)
        if self._model.key != self._setup.key:
            return cluster_errors.another_model(node)
        from crackxai.inspection.folder_questions import question_of

        self._question: Any = question_of(self._model, self._setup.settings)
        self._batches: Batches[Any, Any] = Batches(
            lambda questions: self._question.answers(questions, lambda: None), self._question.batch
        )
        # More decoders than cores would only take memory.
        self._decoding = threading.Semaphore(self._threads)
        self._explaining = threading.Lock()
        return None

    def answer(self, task: Task) -> Any:
        """A `Judgement`, or a map's record and values; an error of the photo's own is returned, not raised."""
        try:
            return self._judged(task) if task.maps is None else self._explained(task)
        except (PhotoError, ModelError, SettingsError) as error:
            return error

    def _loaded(self) -> CrackModel:
        """From the files of the run's computer, whatever lies here; they are not kept."""
        _compute_in(self._threads)
        from crackxai.model.classifier import load_model

        with tempfile.TemporaryDirectory(prefix="crackxai-") as name:
            for file, data in self._files.items():
                (Path(name) / file).write_bytes(data)
            self._files = {}
            return load_model(name, self._setup.precision, self._setup.runtime, threads=self._threads)

    def _judged(self, task: Task) -> Any:
        from crackxai.photo.reading import open_photo

        with self._decoding:
            question = self._question.prepare(open_photo(task.data, task.name).read())
        return self._batches.ask(question)

    def _explained(self, task: Task) -> Any:
        from crackxai.explain.methods import explain
        from crackxai.model.decision import judge
        from crackxai.photo import read_photo

        # One after another: an explanation fills the device.
        with self._explaining:
            photo = read_photo(task.data, task.name)
            photo = photo if task.box is None else photo.window(task.box)
            result = replace(explain(self._model, photo, task.maps), verdict=judge(self._model, photo))
        return result.to_record(), result.channel_values


def _compute_in(threads: int) -> None:
    """Before the libraries that take as many as there are cores."""
    for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "NUMBA_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ[name] = str(threads)
    import cv2

    cv2.setNumThreads(threads)
