"""Training on origins: windows at every scale, in batches balanced over label and origin."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np

from crackxai.errors import DataError
from crackxai.model.augment import photographed, square_symmetry, zoomed
from crackxai.model.dataset import LabelledPhotos, as_stored, batch_count
from crackxai.model.origins import OriginPart, OriginPhoto
from crackxai.model.recipes import INPUT_SIDE, Recipe
from crackxai.model.windows import CRACKED, SOUND, find_window

CLOSEST = 0.85
"""Side of the smallest window, in sides of the network's picture: little below its own pixels."""
WHOLE_SHARE = 0.1
"""How often the window is the whole photo."""
PHOTOS_TRIED = 400


class BalancedWindows:
    """What to train on: as many cracked pictures as sound ones, and of each as many from every origin.

    A large easy origin does not drown a small hard one that way. From photos with masks, and from origins without
    cracked ones, windows are drawn whose sides are log-uniform between the network's own pixels and the whole photo.
    Below the network's input side the largest windows shrink alike, so that a crack keeps its width in pixels.

    Parameters
    ----------
    parts : one for each origin.
    pictures : an epoch; None: as many as there are photos.
    shares : origin -> for how many it counts; 1 where nothing is said.
    """

    def __init__(
        self, parts: Sequence[OriginPart], pictures: int | None = None, shares: Mapping[str, int] | None = None
    ) -> None:
        self._pools = {label: [_Pool(part, label) for part in parts] for label in (SOUND, CRACKED)}
        self._pools = {label: [pool for pool in pools if pool] for label, pools in self._pools.items()}
        for label, name in ((SOUND, "sound"), (CRACKED, "cracked")):
            if not self._pools[label]:
                raise DataError(f"expected an origin with {name} photos, received none among {len(parts)} origins.")
        counts = shares or {}
        self._round = {
            label: np.repeat(np.arange(len(pools)), [counts.get(pool.name, 1) for pool in pools])
            for label, pools in self._pools.items()
        }
        self._last_turns: tuple[object, dict[int, np.ndarray]] = (None, {})
        self._pictures = pictures or sum(len(part.photos) for part in parts)

    def __len__(self) -> int:
        return self._pictures

    def batch(self, recipe: Recipe, side: int, seed: tuple[int, int], number: int) -> tuple[np.ndarray, np.ndarray]:
        """Batch ``number`` of an epoch; picture i of the epoch depends on ``seed``, (run's seed, epoch), and i alone.

        Returns
        -------
        images (B, side, side, 3) uint8, RGB, 0-255; labels (B, 1) float32.
        """
        turns = self._turns(seed, batch_count(self._pictures, recipe.batch_size) * recipe.batch_size // 2 + 1)
        row = range(number * recipe.batch_size, (number + 1) * recipe.batch_size)
        images = [
            as_stored(
                self._pools[i % 2][turns[i % 2][i // 2]].draw(side, np.random.default_rng((*seed, i)), recipe.strength)
            )
            for i in row
        ]
        return np.stack(images), np.array([[i % 2] for i in row], dtype=np.float32)

    def _turns(self, seed: tuple[int, int], count: int) -> dict[int, np.ndarray]:
        """Over the labels in turn, and for each over the origins in an order that changes with every round."""
        key, turns = self._last_turns
        if key != (seed, count):
            rng = np.random.default_rng(seed)
            turns = {label: _rounds(own, count, rng) for label, own in self._round.items()}
            self._last_turns = ((seed, count), turns)  # at once: threads ask for it side by side
        return turns

    def unchanged(self, count: int, side: int, seed: int) -> LabelledPhotos:
        """``count`` pictures, balanced in the same way, without augmentation; paths are those of the origins."""
        rng = np.random.default_rng((seed, count))
        turns = {label: _rounds(own, count // 2 + 1, rng) for label, own in self._round.items()}
        pools = [self._pools[i % 2][turns[i % 2][i // 2]] for i in range(count)]
        images = [pool.draw(side, np.random.default_rng((seed, count, i))) for i, pool in enumerate(pools)]
        labels = np.arange(count, dtype=np.uint8) % 2
        return LabelledPhotos(np.stack(images), labels, tuple(Path(pool.name) for pool in pools))


class _Pool:
    """The pictures of one label that an origin can give."""

    def __init__(self, part: OriginPart, label: int) -> None:
        self.name = part.name
        self._label = label
        self._windowed = part.windowed
        self._plain = part.of(label) if label == SOUND or not part.windowed else []
        # A cracked photo whose mask is empty contradicts itself: nothing of it is used.
        masked = [photo for photo in part.of(CRACKED) if photo.mask is not None and len(photo.mask.points)]
        self._masked = masked if part.windowed else []

    def __bool__(self) -> bool:
        return bool(self._plain or self._masked)

    def draw(self, side: int, rng: np.random.Generator, strength: float | None = None) -> np.ndarray:
        """(side, side, 3), 0-255; float32 and augmented with ``strength``, or with None uint8 and as it is."""
        if self._windowed:
            picture = self._window(side, rng)
        else:
            photo = self._plain[rng.integers(len(self._plain))]
            if strength is None:
                return cv2.resize(photo.rgb, (side, side), interpolation=cv2.INTER_AREA)
            picture = zoomed(photo.rgb, rng, side, strength)
        return picture if strength is None else photographed(square_symmetry(picture, rng), rng, strength)

    def _window(self, side: int, rng: np.random.Generator) -> np.ndarray:
        # The scale comes first and is kept while photos are tried, so that it says nothing of the label.
        at = rng.random()
        is_whole = rng.random() < WHOLE_SHARE
        for attempt in range(PHOTOS_TRIED):
            photo = self._photo(rng)
            largest = max(photo.rgb.shape[:2])
            # An origin may have no such window: then the scale is drawn anew for every photo, ever closer in the end.
            again = attempt >= 10
            at = rng.random() * min(1, 40 / (attempt + 1)) if again else at
            closest = CLOSEST * side
            widest = max(closest, largest * side / INPUT_SIDE)
            wanted = largest if is_whole and not again else closest * (widest / closest) ** at
            window = find_window(photo.rgb, photo.mask, self._label, wanted, rng)
            if window is not None:
                return cv2.resize(window.of(photo.rgb), (side, side), interpolation=cv2.INTER_AREA)
        raise DataError(f"found no {('sound', 'cracked')[self._label]} window in {PHOTOS_TRIED} photos of {self.name}.")

    def _photo(self, rng: np.random.Generator) -> OriginPhoto:
        # Sound photos and the sound parts of cracked ones count the same, however many there are of each.
        both = self._plain and self._masked
        photos = (self._plain if rng.random() < 0.5 else self._masked) if both else self._plain or self._masked
        return photos[rng.integers(len(photos))]


def _rounds(turns: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """(count,) of ``turns``: each once before any comes again."""
    return np.concatenate([rng.permutation(turns) for _ in range(math.ceil(count / len(turns)))])[:count]
