"""``predict``: the verdict on each photo."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from crackxai.commands import judging
from crackxai.commands.model import load_model
from crackxai.commands.photos import named
from crackxai.commands.terminal import Answer, say
from crackxai.errors import CrackXAIError
from crackxai.model.decision import judge

if TYPE_CHECKING:
    from crackxai.model.classifier import CrackModel


def predict(args: argparse.Namespace) -> int:
    """The crack probability of each photo, and the verdict."""
    model: CrackModel | None = None
    with Answer("photos", args.json) as answer:
        for each in named(args.photos):
            try:
                photo = each.read()
            except CrackXAIError as error:
                answer.fail(each.failure(error))
                continue
            if model is None:
                model = load_model(args)
                if not args.json:
                    say(judging.rule(model.threshold, model.band))
            try:
                verdict = judge(model, photo)
            except CrackXAIError as error:
                answer.fail(each.failure(error))
                continue
            answer.add(
                {
                    "photo": photo.name,
                    "path": each.full_path,
                    "sha256": photo.sha256,
                    "notes": [str(note) for note in photo.notes],
                    **judging.row(verdict),
                },
                [judging.line(verdict, each.text), *judging.remarks(verdict, photo)],
            )
            del photo  # before the next one is decoded: each takes tens of megabytes
    return answer.status
