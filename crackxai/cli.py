"""The command line: the same work as the pages, without a browser."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from crackxai.arguments import parser
from crackxai.cli_origins import are_origins, evaluate_origins, make_composites, print_origins
from crackxai.errors import CrackXAIError, PhotoError
from crackxai.explain.settings import ExplainSettings
from crackxai.photo import Photo, read_photo

OK, SOME_FAILED, FAILED = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. 0: all done; 1: some photos could not be used, the rest is done; 2: nothing was done."""
    # TensorFlow's start-up messages are about its build, not about the user's work.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    arguments = sys.argv[1:] if argv is None else list(argv)
    args = parser(predict, explain, verify, train, evaluate, measure, samples, composites).parse_args(arguments)
    args.command_line = "python -m crackxai " + shlex.join(arguments)
    try:
        return args.run(args)
    except CrackXAIError as error:
        _say(f"error: {error}")
        return FAILED
    except OSError as error:
        _say(f"error: {error.filename or ''}: {error.strerror or error}. Check the path, its rights and the disk.")
        return FAILED
    except KeyboardInterrupt:
        _say("stopped")
        return 130


def predict(args: argparse.Namespace) -> int:
    """The crack probability of each photo."""
    photos, failures = _read_all(args.photos)
    rows = []
    if photos:
        model = _load_model(args)
        for photo in photos:
            probability = float(model.predict(model.prepare(photo)[None])[0])
            rows.append(
                {
                    "photo": photo.name,
                    "probability": probability,
                    "crack": probability >= model.threshold,
                    "threshold": model.threshold,
                    "sha256": photo.sha256,
                    "notes": list(photo.notes),
                }
            )
    if args.json:
        _print_json({"photos": rows, "failures": failures})
    for row in rows if not args.json else ():
        verdict = "crack" if row["crack"] else "no crack"
        notes = f"  ({'; '.join(row['notes'])})" if row["notes"] else ""
        print(f"{row['probability']:7.1%}  {verdict:8}  {row['photo']}{notes}")
    return _status(bool(rows), failures)


def explain(args: argparse.Namespace) -> int:
    """Probability and SHAP map of each photo, as files."""
    from crackxai.explain.methods import METHODS
    from crackxai.explain.methods import explain as run
    from crackxai.render import explanation_figure, figure_png

    settings = METHODS[args.method].make_settings(vars(args))
    photos, failures = _read_all(args.photos)
    records = []
    if photos:
        model = _load_model(args)
        args.out.mkdir(parents=True, exist_ok=True)
    for photo, stem in zip(photos, _distinct_stems(photos), strict=True):
        with tqdm(total=settings.max_evals, desc=photo.name, unit="eval", disable=None, leave=False) as bar:

            def progress(evaluations: int, total: int, bar: tqdm = bar) -> None:
                bar.update(min(evaluations, total) - bar.n)

            result = run(model, photo, settings, progress)
        path = args.out / stem
        path.with_name(f"{stem}.npz").write_bytes(result.to_npz())
        path.with_name(f"{stem}.png").write_bytes(figure_png(explanation_figure(result, photo.rgb)))
        path.with_name(f"{stem}.json").write_text(result.to_json(), "utf-8")
        records.append(result.to_record() | {"files": str(path)})
        if not args.json:
            print(
                f"{result.probability:7.1%}  {photo.name}: base value {result.base_value:.1%}, "
                f"{result.evaluations} evaluations in {result.seconds:.1f} s -> {path}.png, .npz, .json"
            )
    if args.json:
        _print_json({"explanations": records, "failures": failures})
    return _status(bool(records), failures)


def verify(args: argparse.Namespace) -> int:
    """Make a recorded map again and tell whether it is the same."""
    from crackxai.explain.record import read_record
    from crackxai.explain.verify import verify as run
    from crackxai.model.classifier import load_model

    record = read_record(args.record)
    photo, model = read_photo(args.photo), load_model(args.model, record.load_precision, args.runtime)
    with tqdm(total=record.evaluations, desc=photo.name, unit="eval", disable=None, leave=False) as bar:
        found = run(record, model, photo, lambda evaluations, total: bar.update(min(evaluations, total) - bar.n))
    print(found)
    return OK if found.succeeded else FAILED


def train(args: argparse.Namespace) -> int:
    """Train a model on folders of labelled photos."""
    from crackxai.model.classifier import BUNDLED
    from crackxai.model.recipes import RECIPES
    from crackxai.model.release import train_model
    from crackxai.model.training_data import read_origins, read_source

    usual = "scratch" if args.weights == "none" else "finetune" if Path(args.weights or "").is_dir() else "notebook"
    name = args.recipe or (usual if args.weights else "notebook")
    start = args.weights or {"notebook": "imagenet", "scratch": "none", "finetune": str(BUNDLED)}[name]
    weights = None if start == "none" else start
    given = {
        "phases": args.phases,
        "batch_size": args.batch_size,
        "learning_rate": args.learning_rate,
        "validation_fraction": args.validation_fraction,
    }
    recipe = dataclasses.replace(RECIPES[name], **{key: value for key, value in given.items() if value is not None})
    if are_origins(args.data):
        data = read_origins(args.data, recipe, args.seed, args.without or (), args.pictures)
    else:
        data = read_source(args.data[0], recipe, args.seed, args.source or str(args.data[0]))
    for twin in data.duplicates:
        _say(f"not trained on, since it is {twin.first} again: {twin.second}")
    release = train_model(data, args.out, recipe, weights, args.seed, args.name, args.command_line)
    for part, figures in release.figures.items():
        print(f"{part}: accuracy {figures.accuracy:.4f}, AUC {figures.auc:.4f}, threshold {figures.threshold:.3f}")
    for part, origins in release.origins.items():
        print(f"\n{part}, by origin:")
        print_origins(origins)
    print(f"model written to {release.folder}; use it with --model {release.folder}")
    _list_unreadable(release.unreadable)
    return SOME_FAILED if release.unreadable else OK


def evaluate(args: argparse.Namespace) -> int:
    """Measure a model on folders of labelled photos."""
    from crackxai.model.dataset import load_photos
    from crackxai.model.evaluation import measure, mistakes, predict_all

    model = _load_model(args)
    if are_origins(args.data):
        unreadable = evaluate_origins(args, model)
        _list_unreadable(unreadable if not args.json else ())
        return SOME_FAILED if unreadable else OK
    photos = load_photos(args.data[0], model.input_size[0])
    scores = predict_all(model.predict, photos)
    figures = measure(scores, photos.labels, model.threshold).as_dict()
    wrong = [dataclasses.asdict(mistake) for mistake in mistakes(scores, photos, model.threshold)]
    if args.json:
        failures = [{"photo": str(path), "error": reason} for path, reason in photos.unreadable]
        _print_json(figures | {"model": model.fingerprint, "mistakes": wrong, "failures": failures})
    else:
        for key, value in figures.items():
            print(
                f"{key.replace('_', ' '):>27}  {value:.4f}"
                if isinstance(value, float)
                else f"{key.replace('_', ' '):>27}  {value}"
            )
        print(f"\nmost wrong first, {min(len(wrong), args.show)} of {len(wrong)}:")
        for mistake in wrong[: args.show]:
            print(f"{mistake['probability']:7.1%}  {'cracked' if mistake['cracked'] else 'sound':7}  {mistake['path']}")
        _list_unreadable(photos.unreadable)
    return SOME_FAILED if photos.unreadable else OK


def measure(args: argparse.Namespace) -> int:
    """Measure a model folder for the Model page and the quality checks, and keep the figures in it."""
    import numpy as np

    from crackxai.explain.convergence import difference
    from crackxai.explain.methods import explain as run
    from crackxai.model.classifier import BUNDLED, load_model
    from crackxai.model.dataset import LabelledPhotos
    from crackxai.model.recipes import FINETUNE
    from crackxai.model.release import measure_model
    from crackxai.model.training_data import read_measured, read_origins

    exact, fast = (load_model(args.model, precision, args.runtime) for precision in ("exact", "fast"))

    def compare_maps(photos: LabelledPhotos) -> dict:
        settings = ExplainSettings()
        chosen = np.linspace(0, len(photos) - 1, args.maps).round().astype(int)
        found = []
        for i in tqdm(chosen, desc="comparing maps", unit="map", disable=None):
            photo = read_photo(photos.paths[i])
            found.append(difference(*(run(model, photo, settings).values for model in (fast, exact))))
        words = f"{settings.masker}, {settings.max_evals} evaluations"
        return {"maps": len(found), "map_difference": float(np.median(found)), "map_settings": words}

    folder = args.model or BUNDLED
    if are_origins(args.data):
        data = read_origins(args.data, FINETUNE, 0)
        parts = {"validation": data.validation} | ({"test": data.test} if data.test else {})
        described = data.described
    else:
        parts, described = read_measured(args.data[0], exact.card.input_side)
    found = measure_model(folder, parts, described, exact, fast, compare_maps)
    changed = f"{found.fast.changed_verdicts} of {found.fast.photos} verdicts change"
    print(
        f"fast: a probability changes by up to {found.fast.largest_difference:.4f}, a map by "
        f"{found.fast.map_difference:.1%} (median of {found.fast.maps}); {changed}"
    )
    print(f"written to {folder}")
    return OK


def samples(args: argparse.Namespace) -> int:
    """Draw sample photos with their crack masks, or photos to train on."""
    from crackxai.samples import write_samples
    from crackxai.samples.training_set import write_hard

    if args.hard:
        write_hard(args.out, args.count, args.seed)
        print(args.out)
        return OK
    for path in write_samples(args.out, args.count, args.seed):
        print(path)
    return OK


def composites(args: argparse.Namespace) -> int:
    """Make photos to train on: cracks laid into other walls, and cracks painted out."""
    make_composites(args)
    return OK


def _load_model(args: argparse.Namespace):
    from crackxai.model.classifier import load_model

    return load_model(args.model, args.precision, args.runtime)


def _read_all(paths: Sequence[str]) -> tuple[list[Photo], list[dict]]:
    photos, failures = [], []
    for path in paths:
        try:
            photos.append(read_photo(path))
        except PhotoError as error:
            _say(f"error: {error}")
            failures.append({"photo": str(path), "error": str(error)})
    return photos, failures


def _distinct_stems(photos: Sequence[Photo]) -> list[str]:
    """File stems for the results; photos of the same name in different folders get a number, none is overwritten."""
    stems: list[str] = []
    for photo in photos:
        stem, n = Path(photo.name).stem, 1
        while (candidate := stem if n == 1 else f"{stem}-{n}") in stems:
            n += 1
        stems.append(candidate)
    return stems


def _list_unreadable(unreadable: Sequence[tuple[Path, str]]) -> None:
    if unreadable:
        _say(f"{len(unreadable)} files were skipped:")
    for path, reason in unreadable:
        _say(f"  {path}: {reason}")


def _status(any_done: bool, failures: list) -> int:
    if not failures:
        return OK
    return SOME_FAILED if any_done else FAILED


def _print_json(value: dict) -> None:
    print(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False))


def _say(text: str) -> None:
    print(text, file=sys.stderr)
