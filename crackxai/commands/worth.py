"""What ``explain`` tells of a map's worth when it is asked to: a test, and its place on the true crack."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crackxai.commands.photos import Named
from crackxai.commands.terminal import progress_bar
from crackxai.errors import SettingsError
from crackxai.explain.faithfulness import FaithfulnessSettings, FaithfulnessTest
from crackxai.explain.maskers import MaskerSettings
from crackxai.explain.truth import at_network_size, localisation, read_truth, widen
from crackxai.texts import Texts

if TYPE_CHECKING:
    from crackxai.explain.explanation import Explanation
    from crackxai.model.classifier import CrackModel
    from crackxai.photo import Photo

INDENT = " " * 9
"""Below a photo's line."""


class Worth:
    """What was asked of all photos' maps.

    Raises
    ------
    SettingsError : a number is out of range, or one mask is given for several photos.
    """

    def __init__(self, args: argparse.Namespace, photos: Sequence[Named]) -> None:
        self._truth: Path | None = args.truth
        self._widened: int = args.widen
        fill = None if args.fill is None else MaskerSettings(args.fill)
        self._settings = FaithfulnessSettings(fill, orders=args.orders) if args.faithful else None
        if self._truth is not None:
            widen(np.zeros((1, 1), dtype=bool), self._widened)  # refuses what is out of range before any work
            if len(photos) > 1 and not self._truth.is_dir():
                raise SettingsError(
                    f"expected one photo with the mask {self._truth}, received {len(photos)}. "
                    "Give a folder with NAME.png for each photo as --truth."
                )

    def crack(self, model: CrackModel, each: Named, photo: Photo) -> NDArray[np.bool_] | None:
        """(H, W) bool, the photo's crack at the network's size, where a mask is given; read before the map is made.

        Raises
        ------
        SettingsError : there is no such mask, it is of another size, or without a crack.
        """
        if self._truth is None:
            return None
        path = self._truth / f"{each.path.stem}.png" if self._truth.is_dir() else self._truth
        crack = at_network_size(read_truth(path), photo, model.input_size)
        if not crack.any():
            raise SettingsError(f"{path}: expected a mask with a crack, received one without. Leave out --truth.")
        return crack

    def of(self, model: CrackModel, each: Named, crack: NDArray[np.bool_] | None, result: Explanation) -> Explanation:
        """The explanation with what was asked for."""
        if crack is not None:
            result = dataclasses.replace(result, localisation=localisation(result.values, crack, self._widened))
        if self._settings is not None:
            test = FaithfulnessTest(model, result, self._settings)
            with progress_bar(test.total, f"test of {each.text}") as progress:
                test.advance(progress=progress)
            result = dataclasses.replace(result, faithfulness=test.result())
        return result

    def files(self, result: Explanation) -> dict[str, bytes | str]:
        """What is written beside the map, by kind."""
        from crackxai.inspection.faithfulness_figure import sheet

        return {} if result.faithfulness is None else {"curves": sheet(Texts(), result.faithfulness)}

    def lines(self, result: Explanation) -> list[str]:
        """For people."""
        from crackxai.inspection.faithfulness_wording import in_words, localisation_words

        t = Texts().unmarked()
        told = [] if result.localisation is None else [localisation_words(t, result.localisation)]
        if result.faithfulness is not None:
            told += in_words(t, result.faithfulness)
        return [f"{INDENT}{line}" for line in told]
