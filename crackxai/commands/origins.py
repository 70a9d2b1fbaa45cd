"""What the command line does with origins: folders of photos from different sources."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from tqdm import tqdm

from crackxai.commands.mistake_sheet import write_sheet
from crackxai.commands.terminal import answer, answer_json, say
from crackxai.errors import DataError, PhotoError
from crackxai.inspection.scan import ScanSettings
from crackxai.model.dataset import CLASSES
from crackxai.model.origins import MASKS, PARTS, Origin, OriginPart, find_origins, labelled_files, read_part

if TYPE_CHECKING:
    from crackxai.inspection.scan_figures import ScanFigures
    from crackxai.model.by_origin import OriginFigures, Rate
    from crackxai.model.classifier import CrackModel


WAYS = {"scan": "scan", "squashed": "squashed photo", "highest": "any tile"}
"""What a photo can be judged by, for people."""


def are_origins(folders: Sequence[Path]) -> bool:
    """Whether ``folders`` are origins, rather than one source of photos without masks.

    A folder that is neither is left to the reader of one source, which says what it expected.
    """
    places = [folders[0], *(folders[0] / part for part in PARTS)]
    if len(folders) > 1 or any((place / MASKS).is_dir() for place in places):
        return True
    if any((place / name).is_dir() for place in places for name in CLASSES):
        return False
    below = folders[0].iterdir() if folders[0].is_dir() else ()
    return any((inside / part / name).is_dir() for inside in below for part in ("", *PARTS) for name in CLASSES)


def evaluate_origins(
    args: argparse.Namespace, model: CrackModel
) -> tuple[Sequence[tuple[Path, str]], Sequence[tuple[Path, str]]]:
    """Print the figures of each origin, their mean and the worst; returns what could not be read and was left out."""
    from crackxai.model.by_origin import measure_origins, working_range
    from crackxai.model.evaluation import mistakes, predict_all, wrong_ones
    from crackxai.model.training_data import WINDOWS_A_PHOTO
    from crackxai.model.window_set import magnified, window_set

    parts = _read(find_origins(args.data), args.part)
    side = model.input_size[0]
    sets = [(window_set(part, side, WINDOWS_A_PHOTO), magnified(part, side)) for part in parts]
    found = [predict_all(model.predict, windows.photos) for windows, _ in sets]
    figures = measure_origins(model.predict, sets, np.concatenate(found), model.threshold)
    seen = [
        case
        for (windows, _), own in zip(sets, found, strict=True)
        for case in zip(
            windows.photos.images[wrong_ones(own, windows.photos.labels, model.threshold)],
            mistakes(own, windows.photos, model.threshold),
            strict=True,
        )
    ]
    write_sheet(args, seen)
    wrong = [mistake for _, mistake in seen]
    wrong.sort(key=lambda mistake: -abs(mistake.probability - mistake.cracked))
    unreadable = [item for part in parts for item in part.unreadable]
    left_out = [item for part in parts for item in part.left_out]
    if args.json:
        record: dict[str, Any] = {
            "model": model.fingerprint,
            "threshold": model.threshold,
            "origins": [origin.as_dict() for origin in figures],
            "mean_balanced_accuracy": float(np.mean([origin.balanced_accuracy for origin in figures])),
            "working_range": working_range(figures),
            "mistakes": [dataclasses.asdict(mistake) for mistake in wrong],
            "failures": [{"photo": str(path), "error": reason} for path, reason in unreadable],
            "left_out": [{"file": str(path), "reason": reason} for path, reason in left_out],
        }
        answer_json(record)
        return unreadable, left_out
    print_origins(figures)
    answer()
    answer(f"most wrong first, {min(len(wrong), args.show)} of {len(wrong)}:")
    for mistake in wrong[: args.show]:
        answer(f"{mistake.probability:7.1%}  {'cracked' if mistake.cracked else 'sound':7}  {mistake.path}")
    return unreadable, left_out


def evaluate_scans(
    args: argparse.Namespace, model: CrackModel
) -> tuple[Sequence[tuple[Path, str]], Sequence[tuple[Path, str]]]:
    """Scan the photos of each origin and print what was found of the cracks, and in photos without one."""
    from crackxai.inspection.scan_figures import (
        FALSE_FINDINGS,
        THRESHOLDS,
        ScanFigures,
        ScannedPhoto,
        auc,
        choose_rule,
        scan_labelled,
    )
    from crackxai.model.classifier import BUNDLED
    from crackxai.model.release import record_scans

    settings, unreadable, left_out = ScanSettings(), [], []
    rule = model.card.finding_rule
    rows: list[dict[str, Any]] = []
    scanned: list[list[ScannedPhoto]] = []
    for origin in find_origins(args.data):
        folder = origin.parts.get(args.part, origin.parts.get(""))
        if folder is None:
            continue
        files, others = labelled_files(folder)
        left_out += others
        photos: list[ScannedPhoto] = []
        for file in tqdm(files, desc=f"scanning {origin.name}", unit="photo", disable=None):
            try:
                photos.append(scan_labelled(model, file, settings))
            except PhotoError as error:
                unreadable.append((file.path, str(error)))
        scanned.append(photos)
        figures = [ScanFigures.of(photos, dataclasses.replace(rule, threshold=each)) for each in THRESHOLDS]
        rows.append(
            {
                "origin": origin.name,
                "auc": auc(photos) if photos else None,
                "photos": {"cracked": sum(p.cracked for p in photos), "sound": sum(not p.cracked for p in photos)},
                "examined": float(np.mean([photo.examined for photo in photos])) if photos else None,
                "figures": [each.as_dict() for each in figures],
            }
        )
        if not args.json:
            _print_scans(origin.name, figures, rows[-1]["auc"])
    chosen = choose_rule(scanned, rule)
    if args.json:
        answer_json(
            {
                "model": model.fingerprint,
                "settings": settings.as_dict(),
                "rule": chosen.as_dict(),
                "origins": rows,
                "failures": [{"photo": str(path), "error": reason} for path, reason in unreadable],
                "left_out": [{"file": str(path), "reason": reason} for path, reason in left_out],
            }
        )
    if args.keep:
        folder = args.model or BUNDLED
        rows = [row for row in rows if any(row["photos"].values())]
        if not rows:
            raise DataError("expected readable photos to keep figures of, received none. What was kept before stays.")
        sound = [count for row in rows if (count := row["photos"]["sound"])]
        facts = {"false_findings": FALSE_FINDINGS, "origins": len(sound), "photos": sum(sound)} if sound else {}
        record_scans(folder, {"settings": settings.as_dict(), "origins": rows}, chosen, facts)
        say(
            f"written to {folder}; a finding counts from {chosen.threshold:.2f} on, from {chosen.at(1000):.2f} "
            "in a photo of 1,000 tiles"
        )
    return unreadable, left_out


def _print_scans(name: str, figures: Sequence[ScanFigures], areas: Mapping[str, float] | None) -> None:
    told = "" if areas is None else "; AUC " + ", ".join(f"{WAYS[way]} {value:.3f}" for way, value in areas.items())
    answer(f"{name}{told}")
    answer(f"{'score':>7} {'false findings':>15} {'sound without':>28} {'cracked with':>28} {'crack covered':>14}")
    for each in figures:
        false, covered = (f"{value:.2f}" if value is not None else "" for value in (each.false_findings, each.covered))
        answer(f"{each.threshold:7.2f} {false:>15} {_told(each.sound):>28} {_told(each.found):>28} {covered:>14}")
    answer()


def print_origins(figures: Sequence[OriginFigures]) -> None:
    """A row an origin, then the mean and the worst; recall by crack width; both by scale."""
    from crackxai.model.by_origin import working_range

    answer(f"{'origin':16} {'recall':>28} {'specificity':>28} {'balanced':>9} {'AUC':>6} {'ECE':>6}")
    for origin in figures:
        auc = "" if origin.auc is None else f"{origin.auc:.3f}"
        answer(
            f"{origin.name:16} {_told(origin.recall):>28} {_told(origin.specificity):>28} "
            f"{origin.balanced_accuracy:9.3f} {auc:>6} {origin.calibration_error:6.3f}"
        )
    worst = min(figures, key=lambda origin: origin.balanced_accuracy)
    answer(f"{'mean':16} {np.mean([origin.balanced_accuracy for origin in figures]):67.3f}")
    answer(f"{'worst':16} {worst.balanced_accuracy:67.3f}  {worst.name}")
    answer("(95 % intervals of Wilson over the photos, since windows of one photo err together)")
    for origin in figures:
        if origin.by_width:
            widths = ", ".join(f"up to {to:g}: {_short(rate)}" for to, rate in origin.by_width)
            answer(f"{origin.name}: recall by the crack's width in the network's pixels: {widths}")
        for scale, recall, specificity in origin.by_scale:
            answer(f"{origin.name} at {scale:g}x: recall {_short(recall)}, specificity {_short(specificity)}")
    if (working := working_range(figures)) is not None:
        answer(f"working range: {working[0]:g}x to {working[1]:g}x, at 1x a pixel of the photo is one of the network's")


def make_composites(args: argparse.Namespace) -> None:
    """Lay cracks of photos with masks into sound photos of other origins, and paint cracks out."""
    from crackxai.model.composites import write_composites

    write_composites(_read(find_origins(args.data), "train"), args.out, args.count, args.seed)
    answer(args.out)


def make_mosaics(args: argparse.Namespace) -> None:
    """Lay the sound photos of one origin out as large ones."""
    from crackxai.model.mosaics import write_mosaics

    parts = _read(find_origins([args.data]), args.part)
    if len(parts) != 1:
        raise DataError(f"expected one origin with photos in {args.data}, received {len(parts)}. Name its own folder.")
    write_mosaics(parts[0], args.out, args.count, args.megapixels, args.seed)
    answer(args.out)


def _read(origins: Sequence[Origin], wanted: str) -> list[OriginPart]:
    """The wanted part of each origin; all of one that is not divided; nothing of one that lacks the part."""
    folders = {origin.name: origin.parts.get(wanted, origin.parts.get("")) for origin in origins}
    return [read_part(name, folder) for name, folder in folders.items() if folder is not None]


def _told(rate: Rate | None) -> str:
    return f"{rate.value:.3f} ({rate.low:.3f}-{rate.high:.3f}, n {rate.groups})" if rate else ""


def _short(rate: Rate | None) -> str:
    return f"{rate.value:.2f} of {rate.windows}" if rate else "none"
