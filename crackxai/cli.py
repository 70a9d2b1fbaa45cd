"""The command line: the same work as the pages, without a browser."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import shlex
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tqdm import tqdm

from crackxai import __version__
from crackxai.errors import CrackXAIError, PhotoError
from crackxai.explain.settings import (
    BATCH_SIZE_RANGE,
    BLUR_KERNEL_RANGE,
    MASKERS,
    MAX_EVALS_RANGE,
    ExplainSettings,
)
from crackxai.photo import Photo, read_photo

OK, SOME_FAILED, FAILED = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. 0: all done; 1: some photos could not be used, the rest is done; 2: nothing was done."""
    # TensorFlow's start-up messages are about its build, not about the user's work.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    arguments = sys.argv[1:] if argv is None else list(argv)
    args = _parser().parse_args(arguments)
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
    from crackxai.explain.partition import explain as run
    from crackxai.render import explanation_figure, figure_png

    settings = ExplainSettings(args.masker, args.blur_kernel, args.max_evals, args.batch_size, args.seed)
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


def train(args: argparse.Namespace) -> int:
    """Train a model on folders of labelled photos."""
    from crackxai.model.recipes import RECIPES
    from crackxai.model.release import train_model

    name = args.recipe or ("scratch" if args.weights == "none" else "notebook")
    start = args.weights or ("none" if name == "scratch" else "imagenet")
    weights = None if start == "none" else start
    given = {
        "phases": args.phases,
        "batch_size": args.batch_size,
        "learning_rate": args.learning_rate,
        "validation_fraction": args.validation_fraction,
    }
    recipe = dataclasses.replace(RECIPES[name], **{key: value for key, value in given.items() if value is not None})
    release = train_model(
        args.data, args.out, recipe, weights, args.seed, args.name, args.source or str(args.data), args.command_line
    )
    for part, figures in release.figures.items():
        print(f"{part}: accuracy {figures.accuracy:.4f}, AUC {figures.auc:.4f}, threshold {figures.threshold:.3f}")
    print(f"model written to {release.folder}; use it with --model {release.folder}")
    _list_unreadable(release.unreadable)
    return SOME_FAILED if release.unreadable else OK


def evaluate(args: argparse.Namespace) -> int:
    """Measure a model on folders of labelled photos."""
    from crackxai.model.dataset import load_photos
    from crackxai.model.evaluation import measure, mistakes, predict_all

    model = _load_model(args)
    photos = load_photos(args.data, model.input_size[0])
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


def samples(args: argparse.Namespace) -> int:
    """Draw sample photos with their crack masks."""
    from crackxai.samples import write_samples

    for sample in write_samples(args.out, args.count, args.seed):
        print(args.out / f"{sample.name}.png")
    return OK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m crackxai",
        description="Crack probability of photos of concrete, and SHAP maps of why. The browser version: "
        "streamlit run app.py",
        epilog="Exit status: 0 all done; 1 some photos could not be used, the rest is done; 2 nothing was done.",
    )
    parser.add_argument("--version", action="version", version=f"crackxai {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_predict(commands)
    _add_explain(commands)
    _add_train(commands)
    _add_evaluate(commands)
    _add_samples(commands)
    return parser


def _command(commands, run: Callable, example: str, **kwargs) -> argparse.ArgumentParser:
    parser = commands.add_parser(
        run.__name__,
        help=run.__doc__,
        description=run.__doc__,
        epilog=f"example:\n  python -m crackxai {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        **kwargs,
    )
    parser.set_defaults(run=run)
    return parser


def _add_model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", type=Path, help="folder written by train (default: the bundled model)")
    parser.add_argument(
        "--precision",
        choices=("exact", "fast"),
        default="exact",
        help="exact: float32; fast: bfloat16, slightly different probabilities (default: exact)",
    )


def _add_predict(commands) -> None:
    parser = _command(commands, predict, "predict wall.jpg floor.heic --json")
    parser.add_argument("photos", nargs="+", metavar="PHOTO", help="JPEG, PNG, WebP, BMP, TIFF or HEIC")
    parser.add_argument("--json", action="store_true", help="print JSON")
    _add_model(parser)


def _add_explain(commands) -> None:
    default = ExplainSettings()
    parser = _command(commands, explain, "explain wall.jpg --masker blur --blur-kernel 25 --max-evals 1000 --out maps")
    parser.add_argument("photos", nargs="+", metavar="PHOTO")
    parser.add_argument(
        "--masker",
        choices=MASKERS,
        default=default.masker,
        help=f"how hidden parts are filled in: inpainting after Telea, after Navier-Stokes, or blur "
        f"(default: {default.masker})",
    )
    parser.add_argument(
        "--blur-kernel",
        type=int,
        default=default.blur_kernel,
        metavar="N",
        help="side of the blur in pixels of the network's picture, {}-{} (default: {})".format(
            *BLUR_KERNEL_RANGE, default.blur_kernel
        ),
    )
    parser.add_argument(
        "--max-evals",
        type=int,
        default=default.max_evals,
        metavar="N",
        help="model evaluations to spend, {}-{}; 500 gives a coarse map, 5000 a detailed one (default: {})".format(
            *MAX_EVALS_RANGE, default.max_evals
        ),
    )
    parser.add_argument(
        "--batch-size",
        type=int,
        default=default.batch_size,
        metavar="N",
        help="evaluations a round, {}-{}; part of the algorithm, keep it to compare maps (default: {})".format(
            *BATCH_SIZE_RANGE, default.batch_size
        ),
    )
    parser.add_argument("--seed", type=int, default=default.seed, metavar="N", help="breaks ties (default: 0)")
    parser.add_argument("--out", type=Path, default=Path("."), metavar="DIR", help="where NAME.png, .npz, .json go")
    parser.add_argument("--json", action="store_true", help="print the records as JSON")
    _add_model(parser)


def _add_train(commands) -> None:
    parser = _command(
        commands,
        train,
        "train photos/ --out my-model\n  python -m crackxai train photos/ "
        "--recipe scratch --weights none --phases 64x8,96x3,150x1.5 --out my-model",
    )
    parser.add_argument(
        "data",
        type=Path,
        metavar="DATA",
        help="folder with Positive/ (cracked) and Negative/ (sound), or with train/, val/ and test/ of that layout",
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="model folder; an interrupted run goes on"
    )
    parser.add_argument(
        "--recipe",
        choices=("notebook", "scratch"),
        help="notebook: frozen ImageNet backbone, 3 epochs; scratch: train the whole network "
        "(default: notebook; with --weights none: scratch)",
    )
    parser.add_argument(
        "--weights",
        metavar="imagenet|none|FILE",
        help="where ResNet50 starts; imagenet is downloaded once by Keras (default: imagenet; scratch: none)",
    )
    parser.add_argument("--phases", type=_phases, metavar="SIDExEPOCHS,...", help="picture sizes and epochs in order")
    parser.add_argument("--batch-size", type=int, metavar="N")
    parser.add_argument("--learning-rate", type=float, metavar="X")
    parser.add_argument("--validation-fraction", type=float, metavar="X", help="split off where there is no val/")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    parser.add_argument("--name", default="ResNet50 crack classifier", help="for the model card")
    parser.add_argument("--source", help="where the photos come from, for the model card")


def _add_evaluate(commands) -> None:
    parser = _command(commands, evaluate, "evaluate photos/test --json")
    parser.add_argument("data", type=Path, metavar="DATA", help="folder with Positive/ and Negative/")
    parser.add_argument("--show", type=int, default=20, metavar="N", help="mistakes to list (default: 20)")
    parser.add_argument("--json", action="store_true", help="print JSON, with all mistakes")
    _add_model(parser)


def _add_samples(commands) -> None:
    parser = _command(commands, samples, "samples --out samples --count 8 --seed 0")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--count", type=_positive, default=8, metavar="N")
    parser.add_argument("--seed", type=_not_negative, default=0, metavar="N")


def _phases(text: str) -> tuple[tuple[int, float], ...]:
    try:
        pairs = [part.split("x") for part in text.split(",")]
        return tuple((int(side), float(epochs)) for side, epochs in pairs)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"expected SIDExEPOCHS,... such as 64x6,150x1, received {text!r}") from error


def _positive(text: str) -> int:
    return _at_least(text, 1)


def _not_negative(text: str) -> int:
    return _at_least(text, 0)


def _at_least(text: str, low: int) -> int:
    if not text.isdecimal() or int(text) < low:
        raise argparse.ArgumentTypeError(f"expected a whole number of at least {low}, received {text!r}")
    return int(text)


def _load_model(args: argparse.Namespace):
    from crackxai.model.classifier import load_model

    return load_model(args.model, args.precision)


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
    print(json.dumps(value, indent=2, ensure_ascii=False))


def _say(text: str) -> None:
    print(text, file=sys.stderr)
