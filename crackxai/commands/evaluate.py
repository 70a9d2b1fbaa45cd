"""``evaluate``: how good a model is on labelled photos."""

from __future__ import annotations

import argparse
import dataclasses

from crackxai.commands.mistake_sheet import write_sheet
from crackxai.commands.model import load_model
from crackxai.commands.origins import are_origins, evaluate_origins, evaluate_scans
from crackxai.commands.terminal import OK, SOME_FAILED, answer, answer_json
from crackxai.commands.unused import list_unused
from crackxai.errors import SettingsError
from crackxai.files import refuse_taken


def evaluate(args: argparse.Namespace) -> int:
    """Measure a model on folders of labelled photos."""
    from crackxai.model.dataset import load_photos
    from crackxai.model.evaluation import measure, mistakes, predict_all, wrong_ones

    if args.keep and not args.scan:
        raise SettingsError(
            "expected --keep together with --scan, received it alone. Other figures are kept by measure."
        )
    if args.sheet is not None:
        if args.scan:
            raise SettingsError("expected --sheet without --scan, received both. Findings of scans are shown by scan.")
        if not args.force:
            refuse_taken([args.sheet])
    model = load_model(args)
    if args.scan or are_origins(args.data):
        unreadable, left_out = (evaluate_scans if args.scan else evaluate_origins)(args, model)
        if not args.json:
            list_unused(unreadable, left_out)
        return SOME_FAILED if unreadable else OK
    photos = load_photos(args.data[0], model.input_size[0])
    scores = predict_all(model.predict, photos)
    found = mistakes(scores, photos, model.threshold)
    write_sheet(args, zip(photos.images[wrong_ones(scores, photos.labels, model.threshold)], found, strict=True))
    figures = measure(scores, photos.labels, model.threshold).as_dict()
    wrong = [dataclasses.asdict(mistake) for mistake in found]
    if args.json:
        failures = [{"photo": str(path), "error": reason} for path, reason in photos.unreadable]
        others = [{"file": str(path), "reason": reason} for path, reason in photos.left_out]
        facts = {"model": model.fingerprint, "mistakes": wrong, "failures": failures, "left_out": others}
        answer_json(figures | facts)
    else:
        for key, value in figures.items():
            shown = f"{value:.4f}" if isinstance(value, float) else str(value)
            answer(f"{key.replace('_', ' '):>27}  {shown}")
        answer()
        answer(f"most wrong first, {min(len(wrong), args.show)} of {len(wrong)}:")
        for mistake in wrong[: args.show]:
            answer(
                f"{mistake['probability']:7.1%}  {'cracked' if mistake['cracked'] else 'sound':7}  {mistake['path']}"
            )
        list_unused(photos.unreadable, photos.left_out)
    return SOME_FAILED if photos.unreadable else OK
