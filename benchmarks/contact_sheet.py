"""Maps of real photos side by side, to be looked at: the photo with its crack, and a map for each region tree.

    python benchmarks/contact_sheet.py ORIGIN... --out FILE.png [--part val] [--photos 10] [--fill inpaint_telea]
                                       [--budget 200]

The same windows as `benchmarks/maps.py` takes. The true crack is outlined; the maps of a photo share one scale.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent.parent), str(Path(__file__).parent)]

import cv2
import numpy as np
from maps import Case, windows

from crackxai import CrackModel, ExplainSettings, explain, load_model
from crackxai.explain.maskers import MASKERS
from crackxai.explain.regions import REGIONS
from crackxai.files import write_file
from crackxai.png import png
from crackxai.render import display_picture, overlay, own_limit

SIDE, GAP, WORDS = 224, 4, 18
ACROSS = 3
"""Photos beside each other."""


def strip(model: CrackModel, case: Case, settings: list[ExplainSettings]) -> np.ndarray:
    """(h, w, 3) uint8: the photo with its crack outlined, and its maps, with a line of words above."""
    shown = cv2.resize(display_picture(case.photo.rgb, SIDE), (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    maps = [explain(model, case.photo, each).values for each in settings]
    limit = max(own_limit(values) for values in maps)
    crack = cv2.resize(case.mask.astype(np.uint8), (SIDE, SIDE), interpolation=cv2.INTER_NEAREST)
    outlined = shown.copy()
    cv2.drawContours(outlined, cv2.findContours(crack, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)[0], -1, (0, 200, 0), 1)
    pictures = [outlined, *(overlay(shown, values, limit) for values in maps)]
    row = np.full((SIDE + WORDS, len(pictures) * (SIDE + GAP), 3), 255, dtype=np.uint8)
    for number, picture in enumerate(pictures):
        left = number * (SIDE + GAP)
        row[WORDS:, left : left + SIDE] = picture
    told = f"{case.group} {case.name[-24:]}; {', '.join(each.regions for each in settings)}"
    cv2.putText(row, told, (2, 13), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (0, 0, 0), 1, cv2.LINE_AA)
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("origins", type=Path, nargs="+", metavar="ORIGIN", help="folders with masks, as for train")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")
    parser.add_argument("--part", default="val")
    parser.add_argument("--photos", type=int, default=10, help="of each origin")
    parser.add_argument("--fill", choices=list(MASKERS), default="inpaint_telea")
    parser.add_argument("--regions", nargs="+", choices=list(REGIONS), default=list(REGIONS))
    parser.add_argument("--budget", type=int, default=200)
    args = parser.parse_args()
    model = load_model()
    settings = [ExplainSettings(args.fill, max_evals=args.budget, regions=regions) for regions in args.regions]
    cases = [case for folder in args.origins for case in windows(folder, args.part, args.photos, model)]
    strips = [strip(model, case, settings) for case in cases]
    strips += [np.full_like(strips[0], 255)] * (-len(strips) % ACROSS)
    rows = [np.hstack(strips[start : start + ACROSS]) for start in range(0, len(strips), ACROSS)]
    write_file(args.out, png(np.vstack(rows)))
    print(f"{len(cases)} photos: {args.out}")


if __name__ == "__main__":
    main()
