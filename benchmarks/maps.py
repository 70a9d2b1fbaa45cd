"""What the region trees' maps are worth where the crack is known: trees x fills x budgets, on masks.

    python benchmarks/maps.py ORIGIN... [--part val] [--photos 5] [--fills blur] [--budgets 30 50 100 200 500]
                              [--drawn 4] [--hairlines 4] [--keep FILE] [--json]

Windows of 150 to 448 pixels around the crack (as training's, see `crackxai.model.windows`) that the model finds
cracked, and drawn concrete; one run a tree and fill, read at each budget. Told are, as means with bootstrap intervals
of 95 %:

- overlap: of the map's strongest pixels, as many as the crack widened by 2 pixels has, with that crack (intersection
  over union; of equal pixels the expected part counts);
- deletion: the area under the probability while the strongest pixels are hidden first, by the map's own fill, over the
  hidden share of the picture (V. Petsiuk et al., "RISE", 2018); less is better. Equal pixels go together.

By origin and by the crack's width in the network's picture, against the first tree at the largest budget; and which
photos the other trees lose on. ``--keep`` holds what was measured, and an interrupted run goes on.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).parent.parent))

import cv2
import numpy as np

from crackxai import CrackModel, ExplainSettings, Photo, load_model, read_photo
from crackxai.explain.explainer import Explainer
from crackxai.explain.maskers import MASKERS, masker
from crackxai.explain.regions import REGIONS
from crackxai.files import write_file
from crackxai.model.origins import find_origins, labelled_files, read_mask
from crackxai.model.windows import CRACKED, CrackMask, find_window, whole
from crackxai.photo import Box
from crackxai.samples import draw_samples
from crackxai.samples.hard_cracks import hairline

SIDES = 150, 448
FOUND = 0.5
"""Least probability of a window: what deletion takes away must be there."""
WIDENED = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
HIDDEN = (0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""Shares of the picture at which the deletion curve is asked for."""
WIDTHS = {"to 2 px": 2.0, "2 to 4 px": 4.0, "over 4 px": float("inf")}


class Case(NamedTuple):
    """A photo or window, and its crack. name : of it. group : its origin. mask : (H, W) bool at the network's size."""

    name: str
    group: str
    photo: Photo
    mask: np.ndarray


def windows(folder: Path, part: str, count: int, model: CrackModel) -> Iterator[Case]:
    """The same windows at every call, see `SIDES` and `FOUND`."""
    origin = find_origins([folder])[0]
    rng = np.random.default_rng(7)
    files = [file for file in labelled_files(origin.parts[part])[0] if file.mask is not None]
    files.sort(key=lambda file: str(file.mask))
    rng.shuffle(files)  # type: ignore[arg-type]
    found = 0
    for file in files:
        if found == count or file.mask is None:
            return
        photo = read_photo(file.path)
        crack = read_mask(file.mask, photo.rgb)
        window = find_window(photo.rgb, crack, CRACKED, rng.uniform(*SIDES), rng)
        if window is None:
            continue
        full = np.zeros(photo.rgb.shape[:2], dtype=np.float32)
        full[crack.points[:, 1], crack.points[:, 0]] = 1
        box = Box(window.top, window.top + window.height, window.left, window.left + window.width)
        case = Case(file.path.stem, origin.name, photo.window(box), _shrunk(window.of(full), model))
        if model.predict(model.prepare(case.photo)[None])[0] >= FOUND:
            found += 1
            yield case


def drawn(count: int, model: CrackModel) -> Iterator[Case]:
    """Drawn concrete with a crack that the model finds."""
    found = 0
    for sample in draw_samples(40 * count, seed=3):
        rgb = np.ascontiguousarray(sample.rgb)
        photo = Photo(rgb, sample.name, "0" * 64, rgb.shape[1::-1], "PNG")
        if found == count or not sample.cracked or model.predict(model.prepare(photo)[None])[0] < FOUND:
            continue
        found += 1
        yield Case(sample.name, "drawn", photo, _shrunk(sample.mask.astype(np.float32), model))


def hairlines(count: int, model: CrackModel) -> Iterator[Case]:
    """Drawn concrete with a faint crack of 0.6 to 1.8 pixels of the network's that the model finds."""
    rng, found = np.random.default_rng(5), 0
    for sample in draw_samples(80 * count, seed=5):
        if found == count or sample.cracked:
            continue
        picture, mask = hairline(sample.rgb.astype(np.float32), rng)
        rgb = np.clip(picture, 0, 255).round().astype(np.uint8)
        photo = Photo(rgb, sample.name, "1" * 64, rgb.shape[1::-1], "PNG")
        if model.predict(model.prepare(photo)[None])[0] >= FOUND:
            found += 1
            yield Case(f"hairline on {sample.name}", "hairlines", photo, _shrunk(mask.astype(np.float32), model))


def _shrunk(mask: np.ndarray, model: CrackModel) -> np.ndarray:
    """An eighth of a pixel is enough: a hairline must not vanish."""
    return cv2.resize(np.ascontiguousarray(mask), model.input_size[::-1], interpolation=cv2.INTER_AREA) >= 0.125


def overlap(values: np.ndarray, mask: np.ndarray) -> float:
    """Intersection over union of the widened crack and as many of the strongest pixels; 0 to 1."""
    crack = cv2.dilate(mask.astype(np.uint8), WIDENED).ravel() > 0
    # Equal parts of one credit differ in their last digits where they were added up in another order.
    strength = np.round(values.ravel(), 12)
    order = np.argsort(-strength, kind="stable")
    hits = np.cumsum(crack[order])
    ends = np.flatnonzero(np.append(np.diff(strength[order]) != 0, True))
    wanted = int(crack.sum())
    expected = np.interp(wanted, [0, *(ends + 1)], [0, *hits[ends]])
    return float(expected / (2 * wanted - expected))


def deletion(model: CrackModel, settings: ExplainSettings, run: Explainer, values: np.ndarray) -> float:
    """Area under the probability over the hidden share, 0 to 1."""
    result = run.explanation()
    strength = np.round(values, 12)
    ranked = np.sort(strength.ravel())[::-1]
    least = dict.fromkeys(ranked[round(share * ranked.size) - 1] for share in HIDDEN)
    masks = [strength < value for value in least]
    masks = [mask for mask in masks if mask.any()]
    found = model.predict(masker(settings).fill(result.picture, np.array(masks))) if masks else []
    shares = [0.0, *(1 - mask.mean() for mask in masks), 1.0]
    return float(np.trapezoid([result.probability, *found, result.base_value], shares))


def measure(model: CrackModel, case: Case, settings: ExplainSettings, budgets: list[int]) -> list[dict[str, object]]:
    """A row a budget."""
    run = Explainer(model, case.photo, settings)
    run.advance(max(50, *budgets))
    rows: list[dict[str, object]] = []
    for budget in budgets:
        # Smaller ones than can be asked for are read all the same: a first map is watched while it is made.
        values = run._run.values(budget).sum(axis=-1)
        rows.append(
            {"name": case.name, "group": case.group, "regions": settings.regions, "masker": settings.masker}
            | {"width": CrackMask(case.mask).width(whole(case.mask)), "evaluations": budget}
            | {"overlap": overlap(values, case.mask), "deletion": deletion(model, settings, run, values)}
        )
    return rows


def interval(values: np.ndarray) -> tuple[float, float, float]:
    """Mean, and 95 % of the means of 2000 samples drawn with replacement."""
    drawn = np.random.default_rng(0).integers(0, len(values), (2000, len(values)))
    return float(values.mean()), *(float(q) for q in np.quantile(values[drawn].mean(axis=1), (0.025, 0.975)))


def groups(rows: list[dict[str, object]]) -> dict[str, list[dict[str, object]]]:
    """By origin, of all origins, and by width."""
    found: dict[str, list[dict[str, object]]] = {}
    for row in rows:
        found.setdefault(str(row["group"]), []).append(row)
    found["all"] = rows
    for name, most in WIDTHS.items():
        least = max((w for w in WIDTHS.values() if w < most), default=0.0)
        found[name] = [row for row in rows if least < float(row["width"]) <= most]  # type: ignore[arg-type]
    return {name: part for name, part in found.items() if part}


def table(rows: list[dict[str, object]]) -> None:
    for group, part in groups(rows).items():
        print(f"\n{group}\n\n| regions | fill | evaluations | photos | overlap | deletion |")
        print("| --- | --- | --- | --- | --- | --- |")
        for key in dict.fromkeys((row["masker"], row["regions"], row["evaluations"]) for row in part):
            own = [row for row in part if (row["masker"], row["regions"], row["evaluations"]) == key]
            told = []
            for name in ("overlap", "deletion"):
                mean, low, high = interval(np.array([float(row[name]) for row in own]))  # type: ignore[arg-type]
                told.append(f"{mean:.3f} ({low:.3f}–{high:.3f})")
            print(f"| {key[1]} | {key[0]} | {key[2]} | {len(own)} | {' | '.join(told)} |")


def losses(rows: list[dict[str, object]]) -> None:
    """Where the other trees are behind the first one, at equal fill and evaluations."""
    first = next(iter(REGIONS))
    usual = {(r["name"], r["masker"], r["evaluations"]): r for r in rows if r["regions"] == first}
    print(f"\nBehind {first} (by 0.02 and more):")
    for row in rows:
        other = usual.get((row["name"], row["masker"], row["evaluations"]))
        if other is None or row is other:
            continue
        for name, sign in (("overlap", 1), ("deletion", -1)):
            behind = sign * (float(other[name]) - float(row[name]))  # type: ignore[arg-type]
            if behind >= 0.02:
                print(
                    f"  {row['group']} {row['name']}, {row['masker']} {row['evaluations']}: "
                    f"{name} {row[name]:.3f}, {first} {other[name]:.3f}"
                )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("origins", type=Path, nargs="*", metavar="ORIGIN", help="folders with masks, as for train")
    parser.add_argument("--part", default="val")
    parser.add_argument("--photos", type=int, default=5, help="of each origin")
    parser.add_argument("--drawn", type=int, default=0, help="drawn photos")
    parser.add_argument("--hairlines", type=int, default=0, help="drawn photos with faint cracks of a pixel")
    parser.add_argument("--fills", nargs="+", choices=list(MASKERS), default=["blur"])
    parser.add_argument("--regions", nargs="+", choices=list(REGIONS), default=list(REGIONS))
    parser.add_argument("--budgets", type=int, nargs="+", default=[30, 50, 100, 200, 500])
    parser.add_argument("--keep", type=Path, help="JSON file of the rows, gone on with where it is there")
    parser.add_argument("--json", action="store_true", help="print the rows")
    args = parser.parse_args()
    model = load_model()
    rows: list[dict[str, object]] = json.loads(args.keep.read_text("utf-8")) if args.keep and args.keep.exists() else []
    cases = [case for folder in args.origins for case in windows(folder, args.part, args.photos, model)]
    cases += [*drawn(args.drawn, model), *hairlines(args.hairlines, model)]
    for fill in args.fills:
        for case in cases:
            for regions in args.regions:
                settings = ExplainSettings(fill, max_evals=max(50, *args.budgets), regions=regions)
                mine = [r for r in rows if (r["name"], r["masker"], r["regions"]) == (case.name, fill, regions)]
                budgets = [n for n in args.budgets if n not in [row["evaluations"] for row in mine]]
                if budgets:
                    rows += measure(model, case, settings, budgets)
                    print(f"{case.group} {case.name}: {fill}, {regions}", file=sys.stderr, flush=True)
                if budgets and args.keep:
                    write_file(args.keep, json.dumps(rows, indent=1))
    if args.json:
        print(json.dumps(rows, indent=1))
    else:
        table(rows)
        losses(rows)


if __name__ == "__main__":
    main()
