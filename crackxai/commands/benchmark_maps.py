"""``benchmark-maps``: which settings make true maps of one's own photos by one's own model."""

from __future__ import annotations

import argparse
import csv
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from tqdm import tqdm

from crackxai.commands.masked_photos import MaskedPhoto, masked_photos
from crackxai.commands.model import load_model
from crackxai.commands.terminal import FAILED, OK, SOME_FAILED, answer, answer_json, say
from crackxai.commands.unused import list_unused
from crackxai.errors import CrackXAIError
from crackxai.explain.faithfulness import FaithfulnessSettings
from crackxai.explain.map_benchmark import MapScore, Mean, Summary, combinations, score_photo, summaries
from crackxai.explain.maskers import MASKERS, MaskerSettings
from crackxai.explain.methods import METHODS
from crackxai.explain.progress import counted
from crackxai.explain.settings import MethodSettings
from crackxai.explain.truth import at_network_size, read_truth
from crackxai.files import refuse_taken, write_file
from crackxai.photo import read_photo
from crackxai.render import settings_caption

if TYPE_CHECKING:
    from crackxai.model.classifier import CrackModel

FEW = 10
"""Photos below which drawing among them anew tells too little of others."""
USUAL = ("masker", "max_evals")
"""Settings that are told of every map; others only where they are varied."""


def benchmark_maps(args: argparse.Namespace) -> int:
    """Compare methods, maskers and budgets by whether their maps are true to the model, over a folder of photos."""
    chosen = {"masker": args.maskers, "max_evals": args.budgets, **dict(args.vary)}
    settings = combinations(chosen, [METHODS[name] for name in args.methods])
    test = FaithfulnessSettings(MaskerSettings(args.fill), orders=args.orders, seed=args.seed)
    if args.csv is not None and not args.force:
        refuse_taken([args.csv])
    photos, left_out = masked_photos(args.data, args.part)
    photos = _drawn(photos, args.photos, args.seed)
    model = load_model(args)
    scores: list[MapScore] = []
    unreadable = []
    for each in tqdm(photos, desc="photos", unit="photo", disable=None):
        try:
            scores += _scores(args, model, each, settings, test)
        except CrackXAIError as error:
            unreadable.append((each.path, str(error)))
    found = summaries(scores, settings, args.seed)
    if args.csv is not None and scores:
        write_file(args.csv, _table(scores), args.force)
    if args.json:
        answer_json(
            {
                "model": model.fingerprint,
                "test": {"fill": args.fill, "orders": args.orders, "seed": args.seed, "widened": args.widen},
                "settings": [
                    {
                        "method": each.settings.method,
                        "settings": each.settings.as_dict(),
                        "leans_to": each.leans_to,
                        "means": {name: mean.as_dict() for name, mean in each.means.items()},
                    }
                    for each in found
                ],
                "maps": [_row(score) for score in scores],
                "failures": [{"photo": str(path), "error": reason} for path, reason in unreadable],
                "left_out": [{"file": str(path), "reason": reason} for path, reason in left_out],
            }
        )
    else:
        _print(found, args, [name for name in chosen if name not in USUAL])
        list_unused(unreadable, left_out)
    if args.csv is not None and scores:
        say(f"written to {args.csv}")
    return FAILED if not scores else SOME_FAILED if unreadable else OK


def _drawn(photos: list[MaskedPhoto], count: int | None, seed: int) -> list[MaskedPhoto]:
    if count is None or count >= len(photos):
        return photos
    return [photos[i] for i in sorted(np.random.default_rng(seed).permutation(len(photos))[:count])]


def _scores(
    args: argparse.Namespace,
    model: CrackModel,
    each: MaskedPhoto,
    settings: Sequence[MethodSettings],
    test: FaithfulnessSettings,
) -> list[MapScore]:
    photo = read_photo(each.path, str(each.path))
    crack = None if each.mask is None else at_network_size(read_truth(each.mask), photo, model.input_size)
    if crack is not None and not crack.any():
        crack = None  # of a photo whose mask is black there is no truth
    return list(score_photo(model, photo, settings, test, crack, args.widen))


def _row(score: MapScore) -> dict[str, object]:
    figures = {name: None if value is None else float(f"{value:.6g}") for name, value in score.figures.items()}
    return {
        "photo": score.photo,
        "leans_to": score.leans_to,
        "method": score.settings.method,
        **score.settings.as_dict(),
        **figures,
    }


def _table(scores: Sequence[MapScore]) -> str:
    out = io.StringIO(newline="")
    rows = [_row(score) for score in scores]
    # A method has settings that another has not; where they end, the figures begin.
    columns = list(dict.fromkeys(name for row in rows for name in row if name not in scores[0].figures))
    table = csv.DictWriter(out, [*columns, *scores[0].figures], restval="")
    table.writeheader()
    table.writerows(rows)
    return out.getvalue()


def _print(found: Sequence[Summary], args: argparse.Namespace, varied: Sequence[str]) -> None:
    """Two tables for each side that photos lean to: the tests, and the place on masks."""
    wide = max((len(_name(each.settings, varied)) for each in found), default=0)
    for leans_to in ("crack", "sound"):
        side = [each for each in found if each.leans_to == leans_to]
        if not side:
            continue
        photos = max(each.means["deletion"].photos for each in side)
        answer(f"{photos} photos that lean to {leans_to}: points of mean probability better than random orders")
        common = MASKERS[args.fill].title
        answer(
            f"{'':{wide}} {'deletion, own fill':>22} {'insertion, own fill':>22} {f'deletion, {common}':>22} "
            f"{f'insertion, {common}':>22}"
        )
        for each in side:
            cells = " ".join(
                f"{_told(each.means.get(name), 100, '+.1f'):>22}"
                for name in ("deletion_gain", "insertion_gain", "common_deletion_gain", "common_insertion_gain")
            )
            answer(f"{_name(each.settings, varied):{wide}} {cells}")
        masked = [each for each in side if "rank" in each.means]
        if masked:
            first = masked[0].means
            answer(
                f"on the true crack of {first['rank'].photos} photos with masks, widened by {args.widen} pixels: "
                f"by chance {first['area'].value:.1%} (overlap {first['overlap_by_chance'].value:.1%})"
            )
            answer(f"{'':{wide}} {'mass, %':>22} {'rank, %':>22} {'highest on it, %':>22} {'overlap, %':>22}")
            for each in masked:
                cells = " ".join(
                    f"{_told(each.means.get(name), 100, '.1f'):>22}" for name in ("mass", "rank", "pointing", "overlap")
                )
                answer(f"{_name(each.settings, varied):{wide}} {cells}")
        answer()
    if found:
        answer(f"(95 % intervals by bootstrap over the photos; {args.orders} random orders for each map)")
    if any(each.means["deletion"].photos < FEW for each in found):
        answer(f"(of fewer than {FEW} photos these intervals are too narrow: name more)")


def _name(settings: MethodSettings, varied: Sequence[str]) -> str:
    facts = settings.as_dict()
    # The kernel is told by the caption, where it is used.
    others = [f"{name}={facts[name]}" for name in varied if name in facts and name != "blur_kernel"]
    return ", ".join([settings_caption(settings), counted(settings.max_evals), *others])


def _told(mean: Mean | None, factor: float, form: str) -> str:
    if mean is None:
        return "none"
    value, low, high = (format(factor * each, form) for each in (mean.value, mean.low, mean.high))
    return f"{value} ({low} to {high})"
