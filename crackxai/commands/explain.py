"""``explain``: probability, verdict and SHAP map of each photo, as files."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import os
from pathlib import Path

from crackxai.commands import judging
from crackxai.commands.model import load_model
from crackxai.commands.photos import Named, named
from crackxai.commands.results import CURVES, ENDINGS, NEW_FOLDER, ResultNames
from crackxai.commands.terminal import Answer, progress_bar, say
from crackxai.commands.worth import INDENT, Worth
from crackxai.errors import CrackXAIError
from crackxai.explain.explanation import Explanation
from crackxai.explain.methods import METHODS
from crackxai.explain.progress import counted
from crackxai.explain.settings import MethodSettings
from crackxai.files import make_folder, new_folder, refuse_taken, write_files
from crackxai.model.decision import judge
from crackxai.photo import Photo


def explain(args: argparse.Namespace) -> int:
    """Probability, verdict and SHAP map of each photo, as files."""
    settings = METHODS[args.method].make_settings(vars(args))
    photos = list(named(args.photos))
    work: _Work | None = None
    try:
        with Answer("explanations", args.json) as answer:
            for each in photos:
                try:
                    photo = each.read()
                except CrackXAIError as error:
                    answer.fail(each.failure(error))
                    continue
                work = work or _Work(args, settings, photos)
                try:
                    answer.add(*work.of(each, photo))
                except CrackXAIError as error:
                    answer.fail(each.failure(error))
                del photo  # before the next one is decoded: each takes tens of megabytes
    finally:
        if work:
            work.close()
    return answer.status


class _Work:
    """What is the same for all photos: the model, the settings, where the results go."""

    def __init__(self, args: argparse.Namespace, settings: MethodSettings, photos: list[Named]) -> None:
        self._settings, self._force = settings, args.force
        self._worth = Worth(args, photos)
        self._model = load_model(args)
        folder = new_folder(Path(NEW_FOLDER)) if args.out is None else make_folder(args.out)
        if args.out is None:
            say(f"the results go to the new folder {folder}")
        if not args.json:
            say(judging.rule(self._model.threshold, self._model.band))
        self._names = ResultNames(folder, photos, ENDINGS | (CURVES if args.faithful else {}))

    def of(self, each: Named, photo: Photo) -> tuple[dict[str, object], list[str]]:
        """Explain a photo and write its files; the row and the lines of the answer."""
        from crackxai.explain.methods import explain as run
        from crackxai.render import explanation_figure, figure_png

        model = self._model
        files = self._names.of(each)
        if not self._force:
            refuse_taken(files.values())
        crack = self._worth.crack(model, each, photo)
        with progress_bar(self._settings.max_evals, each.text) as progress:
            result = run(model, photo, self._settings, progress)
        verdict = judge(model, photo)
        result = self._worth.of(model, each, crack, dataclasses.replace(result, verdict=verdict))
        contents: dict[str, bytes | str] = {
            "figure": figure_png(explanation_figure(result, photo.rgb)),
            "values": result.to_npz(),
            "record": result.to_json(),
            **self._worth.files(result),
        }
        write_files({files[kind]: content for kind, content in contents.items()}, self._force)
        stem = str(files["record"]).removesuffix(".json")
        line = (
            f"{each.text}: base value {result.base_value:.1%}, {counted(result.evaluations)} in "
            f"{result.seconds:.1f} s -> {stem}.png, .npz, .json"
        )
        row = {"path": each.full_path, "files": {kind: os.path.abspath(path) for kind, path in files.items()}}
        remarks = [*_sum(result), *judging.remarks(verdict, photo), *self._worth.lines(result)]
        return result.to_record() | row, [judging.line(verdict, line), *remarks]

    def close(self) -> None:
        """Leave no folder behind that nothing was written to."""
        with contextlib.suppress(OSError):
            self._names.folder.rmdir()


def _sum(result: Explanation) -> list[str]:
    """Of values that need not add up, how far they do."""
    if result.settings.adds_up:
        return []
    total, difference = float(result.values.sum(dtype=float)), result.probability - result.base_value
    return [f"{INDENT}The values need not add up: their sum is {total:+.3f}, the difference {difference:+.3f}."]
