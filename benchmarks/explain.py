"""The notebook's way to explain a photo and ours, side by side.

    python benchmarks/explain.py [--repeats 3] [--long] [--only TEXT ...] [--json]

Both explain the same photo with the same weights and seed, in turn, several times. Told are medians and ranges of the
seconds, and of the ratios of neighbouring runs: on a noisy machine these are worth more than the seconds. Start-up is
over before the first timed run, but for the row that times it. ``--long`` adds the runs of 5000 and 10,000
evaluations, which take the better part of an hour. ``--only`` keeps the rows against the notebook whose names have one
of the texts, such as ``"Telea 5000"``.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

import notebook
import numpy as np

from crackxai import CrackModel, ExplainSettings, Photo, explain, load_model, read_photo
from crackxai.errors import Cancelled
from crackxai.explain.explainer import Explainer
from crackxai.render import png
from crackxai.samples import draw_samples


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def in_turn(peer: Callable[[], object], ours: Callable[[], object], repeats: int) -> dict:
    """Seconds of both and peer / ours, each with its median and range."""
    pairs = [(seconds(peer), seconds(ours)) for _ in range(repeats)]
    columns = {"peer_s": [a for a, _ in pairs], "ours_s": [b for _, b in pairs], "ratio": [a / b for a, b in pairs]}
    return {name: [statistics.median(v), min(v), max(v)] for name, v in columns.items()}


def same_map(model: CrackModel, photo: Photo, settings: ExplainSettings) -> float:
    """Relative L1 distance from shap's map, with the same forward function."""
    theirs = notebook.explain(lambda batch: model.predict(batch)[:, None], model.prepare(photo), settings)
    return relative_l1(explain(model, photo, settings).channel_values, theirs)


def relative_l1(values: np.ndarray, reference: np.ndarray) -> float:
    return float(np.abs(values - reference).sum() / np.abs(reference).sum())


def first_map(model: CrackModel, photo: Photo, evaluations: int = 50, regions: str = "grid") -> None:
    """A run's map as soon as it has so many evaluations, as a page shows it while the run goes on."""
    run = Explainer(model, photo, ExplainSettings(max_evals=max(50, evaluations), regions=regions))

    def enough(done: int, _: int) -> None:
        if done >= evaluations:
            raise Cancelled

    with contextlib.suppress(Cancelled):
        run.advance(progress=enough)
    run.explanation()


def bare_passes(model: CrackModel, count: int, batch: int = 50) -> None:
    pictures = np.zeros((batch, *model.input_size, 3), dtype=np.float32)
    for _ in range(count // batch):
        model.predict(pictures)


def extra_memory(model: CrackModel, photo: Photo, max_evals: int) -> float:
    """MB by which the process's peak grows over a run, after one of 500 which loads what there is to load."""
    explain(model, photo, ExplainSettings(max_evals=500))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    explain(model, photo, ExplainSettings(max_evals=max_evals))
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


class StandIn:
    """Takes the place of a model on a GPU: answers after a while in which the cores are idle.

    The answer is how dark the picture is, so that a run follows the crack as the network's does.
    """

    def __init__(self, model: CrackModel, ms_per_picture: float, ahead: bool) -> None:
        self.card, self.fingerprint, self.precision = model.card, model.fingerprint, model.precision
        self.device, self.versions, self.prepare = "stand-in", {}, model.prepare
        self.leaves_cores_idle = ahead
        self._seconds = ms_per_picture / 1000

    def predict(self, images: np.ndarray) -> np.ndarray:
        time.sleep(self._seconds * len(images))
        return (images[..., 1] < 80).mean(axis=(1, 2)).astype(np.float32)


def filling_ahead(model: CrackModel, photo: Photo, ms_per_picture: float, repeats: int) -> dict:
    one_by_one, ahead = (StandIn(model, ms_per_picture, on) for on in (False, True))
    return in_turn(lambda: explain(one_by_one, photo), lambda: explain(ahead, photo), repeats)


def from_a_new_process(path: Path, repeats: int) -> dict:
    def run(*command: str) -> None:
        subprocess.run([sys.executable, *command], check=True, cwd=ROOT, capture_output=True)

    with tempfile.TemporaryDirectory() as out:
        return in_turn(
            lambda: run("benchmarks/notebook.py", str(path), "--max-evals", "100"),
            lambda: run("-m", "crackxai", "explain", str(path), "--max-evals", "100", "--out", out, "--force"),
            repeats,
        )


def rows(photo: Photo, path: Path, repeats: int, long: bool) -> Iterator[tuple[str, Callable[[], object]]]:
    """Names, and what measures each."""
    model, fast, f = load_model(), load_model(precision="fast"), notebook.network()
    picture = model.prepare(photo)

    def against(chosen: CrackModel, settings: ExplainSettings, times: int = repeats) -> Callable[[], dict]:
        return lambda: in_turn(
            lambda: notebook.explain(f, picture, settings), lambda: explain(chosen, photo, settings), times
        )

    # Memory first: later peaks would hide it.
    most = 5000 if long else 1000
    yield f"extra peak memory, Telea {most}, MB", lambda: extra_memory(model, photo, most)
    telea, blur = ExplainSettings(), ExplainSettings("blur")
    yield "Telea 500, exact", against(model, telea)
    yield "Navier-Stokes 500, exact", against(model, ExplainSettings("inpaint_ns"))
    yield "blur 500, exact", against(model, blur)
    if fast.precision == "fast":
        yield "Telea 500, fast", against(fast, telea)
        yield "blur 500, fast", against(fast, blur)
    if long:
        yield "Telea 5000, exact", against(model, ExplainSettings(max_evals=5000), min(2, repeats))
    yield (
        "first map of Telea, 50 of 500",
        lambda: in_turn(lambda: notebook.explain(f, picture, telea), lambda: first_map(model, photo), repeats),
    )
    yield (
        "first map of Telea and the picture's regions, 30 of 500",
        lambda: in_turn(
            lambda: notebook.explain(f, picture, telea), lambda: first_map(model, photo, 30, "picture"), repeats
        ),
    )
    yield (
        "bare passes / ours, blur 500",
        lambda: in_turn(lambda: bare_passes(model, 500), lambda: explain(model, photo, blur), 2 * repeats),
    )
    resumed: list[Explainer] = []

    def fresh() -> None:
        resumed.append(Explainer(model, photo, telea))
        resumed[-1].advance()

    yield (
        "fresh 500 / 500 to 1000, Telea",
        lambda: in_turn(fresh, lambda: resumed[-1].advance(1000), repeats),
    )
    yield "new process to a map of 100, Telea", lambda: from_a_new_process(path, repeats)
    for ms in (2, 5):
        yield (
            f"stand-in of {ms} ms, Telea 500: fill, then ask / ahead",
            lambda ms=ms: filling_ahead(model, photo, ms, repeats),
        )
    budgets = (500, 1000, 2000, 5000, 10_000) if long else (500, 1000, 2000)
    yield "ms per evaluation, blur", lambda: ms_per_evaluation(model, photo, budgets)
    # Last, since nothing is timed here.
    for masker in notebook.MASKERS:
        for settings in [ExplainSettings(masker, max_evals=n) for n in ((500, 5000) if long else (500,))]:
            yield f"relative L1 from shap, {masker} {settings.max_evals}", lambda s=settings: same_map(model, photo, s)
    for settings in map(ExplainSettings, notebook.MASKERS):
        yield (
            f"relative L1, fast from exact, {settings.masker} 500",
            lambda s=settings: relative_l1(*(explain(each, photo, s).channel_values for each in (fast, model))),
        )


def ms_per_evaluation(model: CrackModel, photo: Photo, budgets: Sequence[int]) -> dict[int, float]:
    """By budget, medians of two; in turn, so that a busy minute does not fall on one of them."""
    settings = [ExplainSettings("blur", max_evals=n) for n in budgets]
    rounds = [[seconds(lambda s=s: explain(model, photo, s)) / s.max_evals * 1000 for s in settings] for _ in range(2)]
    return {
        budget: statistics.median(column) for budget, column in zip(budgets, zip(*rounds, strict=True), strict=True)
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photo", type=Path, help="default: a drawn sample")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--only", nargs="+", default=(), metavar="TEXT")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    found: dict[str, object] = {}

    with tempfile.TemporaryDirectory() as folder:
        sample = next(iter(draw_samples(1, seed=0)))
        path = args.photo or Path(folder) / f"{sample.name}.png"
        if not args.photo:
            path.write_bytes(png(sample.rgb))
        if not args.json:
            print(f"{load_model().device}, {os.cpu_count()} cores; median (least–most) of {args.repeats} runs in turn")
            print(f"{'':<54} {'peer, s':>22} {'ours, s':>22} {'peer / ours':>22}")
        for name, measured in rows(read_photo(path), path.absolute(), args.repeats, args.long):
            if not args.only or any(text in name for text in args.only):
                found[name] = measured()
                if not args.json:
                    print(f"{name:<54} {_text(found[name])}", flush=True)
    if args.json:
        print(json.dumps({"device": load_model().device, "cores": os.cpu_count(), "rows": found}, indent=2))


def _text(value: object) -> str:
    if isinstance(value, dict) and "ratio" in value:
        return " ".join(f"{f'{middle:.2f} ({low:.2f}–{high:.2f})':>22}" for middle, low, high in value.values())
    if isinstance(value, dict):
        return ", ".join(f"{name}: {each:.2f}" for name, each in value.items())
    return f"{value:22.3g}"


if __name__ == "__main__":
    main()
