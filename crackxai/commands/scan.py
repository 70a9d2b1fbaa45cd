"""``scan``: each photo tile by tile; findings, heat and picture as files."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import os
from pathlib import Path

from crackxai.commands.judging import NAMES
from crackxai.commands.model import load_model
from crackxai.commands.photos import Named, named
from crackxai.commands.results import ENDINGS, ResultNames
from crackxai.commands.terminal import Answer, progress_bar, say
from crackxai.errors import CrackXAIError
from crackxai.explain.explanation import Explanation
from crackxai.explain.settings import ExplainSettings
from crackxai.files import make_folder, new_folder, refuse_taken, write_files
from crackxai.inspection.findings import Finding
from crackxai.inspection.scan import Scan, ScanSettings
from crackxai.inspection.stated_scale import HAIRLINE_MM, hairline_pixels
from crackxai.inspection.wall_scale import WallScale
from crackxai.photo import Photo

NEW_FOLDER = "scans"
SCAN_ENDINGS = {"picture": ".scan.png", "heat": ".scan.npz", "findings": ".scan.csv", "record": ".scan.json"}
SHOWN = 5
"""Findings that are told in the terminal; all are in the files."""


def scan(args: argparse.Namespace) -> int:
    """Judge each photo tile by tile: findings, heat and picture as files."""
    given = {name: getattr(args, name) for name in ("finest", "threshold")}
    settings = ScanSettings(**{name: value for name, value in given.items() if value is not None})
    photos = list(named(args.photos))
    work: _Work | None = None
    try:
        with Answer("scans", args.json) as answer:
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

    def __init__(self, args: argparse.Namespace, settings: ScanSettings, photos: list[Named]) -> None:
        self._settings, self._force, self._explained = settings, args.force, args.explain
        self._mm_per_pixel, self._marker_mm = args.mm_per_pixel, args.marker
        self._model = load_model(args)
        folder = new_folder(Path(NEW_FOLDER)) if args.out is None else make_folder(args.out)
        if args.out is None:
            say(f"the results go to the new folder {folder}")
        of_findings = {
            f"{kind}-{number}": f".finding-{number}{ending}"
            for number in range(1, args.explain + 1)
            for kind, ending in ENDINGS.items()
        }
        if of_findings:
            of_findings["maps"] = ".scan.maps.png"
        self._names = ResultNames(folder, photos, SCAN_ENDINGS | of_findings)

    def of(self, each: Named, photo: Photo) -> tuple[dict[str, object], list[str]]:
        """Scan a photo and write its files; the row and the lines of the answer."""
        from crackxai.inspection.scan_files import as_csv, as_json, as_npz, explained_picture, picture
        from crackxai.inspection.scanner import scan as run
        from crackxai.png import png

        files = self._names.of(each)
        if not self._force:
            refuse_taken(files.values())
        scale = self._scale_of(photo)
        with progress_bar(1, each.text, "tile") as progress:
            found = run(self._model, photo, self._settings, progress, scale)
        contents: dict[str, bytes | str] = {
            "picture": png(picture(photo, found)),
            "heat": as_npz(found),
            "findings": as_csv(found),
            "record": as_json(found),
        }
        maps = []
        for number, finding in enumerate(found.findings[: self._explained], 1):
            result, files_of_it = self._explanation(photo, finding, number)
            contents |= files_of_it
            maps.append((finding.tile, result.values))
        if maps:
            contents["maps"] = png(explained_picture(photo, maps))
        write_files({files[kind]: content for kind, content in contents.items()}, self._force)
        row = {
            "path": each.full_path,
            "files": {kind: os.path.abspath(files[kind]) for kind in contents},
        }
        stem = str(files["record"]).removesuffix(".json")
        return found.to_record() | row, [*_lines(found, each.text), f"{'':9}-> {stem}.png, .csv, .npz, .json"]

    def _scale_of(self, photo: Photo) -> WallScale | None:
        if self._marker_mm is not None:
            return WallScale.of_marker(photo, self._marker_mm)
        return None if self._mm_per_pixel is None else WallScale.of_number(self._mm_per_pixel)

    def _explanation(self, photo: Photo, finding: Finding, number: int) -> tuple[Explanation, dict[str, bytes | str]]:
        """The SHAP map of a finding's tile, and the files that ``explain`` writes of it."""
        from crackxai.explain.methods import explain
        from crackxai.model.decision import judge
        from crackxai.render import explanation_figure, figure_png

        window = photo.window(finding.tile)
        settings = ExplainSettings()
        with progress_bar(settings.max_evals, f"finding {number}") as progress:
            result = explain(self._model, window, settings, progress)
        result = dataclasses.replace(result, verdict=judge(self._model, window))
        return result, {
            f"figure-{number}": figure_png(explanation_figure(result, window.rgb)),
            f"values-{number}": result.to_npz(),
            f"record-{number}": result.to_json(),
        }

    def close(self) -> None:
        """Leave no folder behind that nothing was written to."""
        with contextlib.suppress(OSError):
            self._names.folder.rmdir()


def _lines(found: Scan, name: str) -> list[str]:
    """For people."""
    counted, area = found.counted, found.square_metres
    on_wall = "" if area is None else f" on {area:.2g} m² of wall"
    lines = [
        f"{found.score:7.1%}  {NAMES[found.verdict]:12}  {name}: {len(counted)} findings{on_wall}, "
        f"{found.tiles} tiles in {found.seconds:.1f} s, {found.examined:.0%} examined"
    ]
    if found.wall_scale is not None:
        fine = hairline_pixels(found.wall_scale, found.photo_size)
        if fine is not None:
            lines.append(f"{'':9}{HAIRLINE_MM:g} mm are {fine:.1f} pixels in the middle of this photo")
    for number, each in enumerate(counted[:SHOWN], 1):
        length = found.length(each)
        told = ["one tile alone"] if each.weak else [f"{each.length:.0f} px long"]
        told += [] if each.weak or length is None else [f"{length.mm / 10:.0f} ± {(length.error or 0) / 10:.0f} cm"]
        told += ["depends on the grid"] if each.depends_on_grid else []
        told += [f"doubt: {kind}" for kind in each.doubts]
        box = each.box
        lines.append(
            f"{'':9}{number}. {each.score:.1%}, rows {box.top}-{box.bottom}, columns {box.left}-{box.right}: "
            f"{', '.join(told)}"
        )
    if len(counted) > SHOWN:
        lines.append(f"{'':9}... and {len(counted) - SHOWN} more in the files")
    return lines
