"""What a model is made from: photos of one source at the network's size, or windows of the photos of many origins."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from crackxai.errors import DataError
from crackxai.model.batches import TrainingPhotos
from crackxai.model.by_origin import origin_weights
from crackxai.model.dataset import CLASSES, LabelledPhotos, load_photos, split
from crackxai.model.duplicates import Duplicate, duplicates
from crackxai.model.origins import Origin, OriginPart, OriginPhoto, find_origins, read_part
from crackxai.model.recipes import Recipe
from crackxai.model.sampling import BalancedWindows
from crackxai.model.window_set import WindowSet, magnified, window_set
from crackxai.model.windows import CRACKED

WINDOWS_A_PHOTO = 2
"""Windows of a label that are measured of each photo with a mask."""
WATCHED = 50
"""Windows of each origin and label that are measured after each epoch."""
DESCRIBED = 400
"""Windows of each origin by which the training photos' appearance is described."""


@dataclass(frozen=True, eq=False)
class TrainingData:
    """What a model is trained, chosen and measured on.

    Attributes
    ----------
    train : what it learns from.
    watched : what is measured after each epoch.
    validation : what temperature and threshold are chosen on; test : measured once, at the very end.
    weights : (N,) of the validation photos, see `origin_weights`; None: all count the same.
    described : (M, side, side, 3) uint8, what the training photos look like.
    facts : for the card.
    origins : part ("validation", "test") -> for each origin, in the order of its photos, its windows and the same by
        magnification; empty of one source.
    unreadable : (path, reason) of the photos that could not be read.
    duplicates : photos of the training part that are in another part too; they are not trained on.
    left_out : (path, reason) of the files that are no photos.
    """

    train: TrainingPhotos
    watched: LabelledPhotos
    validation: LabelledPhotos
    test: LabelledPhotos | None
    weights: np.ndarray | None
    described: np.ndarray
    facts: dict[str, Any]
    origins: dict[str, list[tuple[WindowSet, dict[float, WindowSet]]]] = field(default_factory=dict)
    unreadable: tuple[tuple[Path, str], ...] = ()
    duplicates: tuple[Duplicate, ...] = ()
    left_out: tuple[tuple[Path, str], ...] = ()


def read_source(data: Path, recipe: Recipe, seed: int, source: str) -> TrainingData:
    """Photos of one source: ``train/`` and, where there are, ``val/`` and ``test/``; or the class folders themselves.

    Without ``val/`` the recipe's fraction is split off for validation.
    """
    side = recipe.phases[-1][0]
    if not (data / "train").is_dir():
        train, validation = split(load_photos(data, side), recipe.validation_fraction, seed)
        test = None
    else:
        train = load_photos(data / "train", side)
        if (data / "val").is_dir():
            validation = load_photos(data / "val", side)
        else:
            train, validation = split(train, recipe.validation_fraction, seed)
        test = load_photos(data / "test", side) if (data / "test").is_dir() else None
    parts = {"train": train, "validation": validation} | ({"test": test} if test else {})
    return TrainingData(
        train,
        validation,
        validation,
        test,
        None,
        train.images,
        {"source": source} | {name: _count(photos.labels) for name, photos in parts.items()},
        unreadable=tuple(item for photos in parts.values() for item in photos.unreadable),
        left_out=tuple(item for photos in parts.values() for item in photos.left_out),
    )


def read_measured(data: Path, side: int) -> tuple[dict[str, LabelledPhotos], np.ndarray]:
    """Of one source: the photos of ``val/`` and ``test/`` by part, and the pictures of ``train/``.

    Raises
    ------
    DataError : there is neither.
    """
    names = {"validation": "val", "test": "test"}
    parts = {name: load_photos(data / part, side) for name, part in names.items() if (data / part).is_dir()}
    if not parts:
        raise DataError(f"expected val/ or test/ in {data}, received neither. Give the folder that holds them.")
    return parts, load_photos(data / "train", side).images


def read_origins(
    folders: Sequence[Path],
    recipe: Recipe,
    seed: int,
    without: Sequence[str] = (),
    pictures: int | None = None,
    shares: Mapping[str, int] | None = None,
) -> TrainingData:
    """Windows of the photos of many origins (see `crackxai.model.origins`).

    An origin that is not divided is trained on but for the recipe's fraction; of one with ``val/`` or ``test/`` but no
    ``train/`` nothing is trained on.

    Parameters
    ----------
    without : names of origins that are left out of everything, as if they were not there.
    pictures, shares : see `BalancedWindows`.

    Raises
    ------
    DataError : an origin of ``without`` or ``shares`` is not there; or a label is missing in training or validation.
    """
    origins = find_origins(folders)
    if strangers := sorted({*without, *(shares or ())} - {origin.name for origin in origins}):
        raise DataError(f"expected names of {', '.join(o.name for o in origins)}, received {', '.join(strangers)}.")
    origins = [origin for origin in origins if origin.name not in without]
    return windows_of(origins, read_parts(origins, recipe.validation_fraction, seed), recipe, seed, pictures, shares)


@dataclass(frozen=True, eq=False)
class Parts:
    """The photos of origins by what they are for; those of ``train`` are in no other part.

    Attributes
    ----------
    duplicates : photos that were dropped from ``train`` for that.
    """

    train: list[OriginPart]
    validation: list[OriginPart]
    test: list[OriginPart]
    duplicates: tuple[Duplicate, ...]

    def without(self, names: Collection[str]) -> Parts:
        """The parts of the other origins."""

        def others(parts: list[OriginPart]) -> list[OriginPart]:
            return [part for part in parts if part.name not in names]

        return Parts(others(self.train), others(self.validation), others(self.test), self.duplicates)


def read_parts(origins: Sequence[Origin], fraction: float, seed: int) -> Parts:
    """Read the photos of ``origins``, and drop those from training that are in another part too.

    Parameters
    ----------
    fraction : held out of an origin that is not divided.
    """
    train, validation, test = _read_parts(origins, fraction, seed)
    found = duplicates(
        [[(p.path, p.rgb) for part in parts for p in part.photos] for parts in (validation + test, train)]
    )
    return Parts(_without_files(train, {duplicate.second for duplicate in found}), validation, test, tuple(found))


def windows_of(
    origins: Sequence[Origin],
    parts: Parts,
    recipe: Recipe,
    seed: int,
    pictures: int | None = None,
    shares: Mapping[str, int] | None = None,
) -> TrainingData:
    """The windows of photos that were read: to train on, to choose on and to measure on.

    Parameters
    ----------
    pictures, shares : see `BalancedWindows`.

    Raises
    ------
    DataError : a label is missing in training or validation.
    """
    side = recipe.phases[-1][0]
    train, validation, test = parts.train, parts.validation, parts.test
    measured = {
        name: [(window_set(part, side, WINDOWS_A_PHOTO), magnified(part, side)) for part in own]
        for name, own in (("validation", validation), ("test", test))
        if own
    }
    pooled = {name: _pooled([windows.photos for windows, _ in own]) for name, own in measured.items()}
    if "validation" not in pooled or len(np.unique(pooled["validation"].labels)) < 2:
        raise DataError("expected cracked and sound photos in the origins' val/, received not both. Add some.")
    rng = np.random.default_rng(seed)
    described = [window_set(_at_most(part, DESCRIBED, rng), side, 1, seed=1).photos.images for part in train]
    return TrainingData(
        BalancedWindows(train, pictures, shares),
        _pooled([_some(windows.photos, rng) for windows, _ in measured["validation"]]),
        pooled["validation"],
        pooled.get("test"),
        origin_weights([windows.photos.labels for windows, _ in measured["validation"]]),
        np.concatenate([images[rng.permutation(len(images))[:DESCRIBED]] for images in described]),
        _origin_facts(origins, {"train": train, "validation": validation, "test": test}, pooled),
        measured,
        tuple(item for own in (train, validation, test) for part in own for item in part.unreadable),
        parts.duplicates,
        tuple(item for own in (train, validation, test) for part in own for item in part.left_out),
    )


def _read_parts(
    origins: Sequence[Origin], fraction: float, seed: int
) -> tuple[list[OriginPart], list[OriginPart], list[OriginPart]]:
    train: list[OriginPart] = []
    validation: list[OriginPart] = []
    test: list[OriginPart] = []
    for origin in origins:
        parts = {name: read_part(origin.name, folder) for name, folder in origin.parts.items()}
        if "" in parts:
            kept, held_out = _split(parts[""], fraction, seed)
            train.append(kept)
            validation.append(held_out)
        for name, own in (("train", train), ("val", validation), ("test", test)):
            if name in parts:
                own.append(parts[name])
    return train, validation, test


def _split(part: OriginPart, fraction: float, seed: int) -> tuple[OriginPart, OriginPart]:
    rng = np.random.default_rng(seed)
    held_out: set[Path] = set()
    for label in range(len(CLASSES)):
        own = part.of(label)
        count = min(len(own) - 1, max(1, round(fraction * len(own)))) if own else 0
        held_out |= {own[i].path for i in rng.choice(len(own), count, replace=False)} if count > 0 else set()
    kept, out = (
        tuple(photo for photo in part.photos if (photo.path in held_out) == wanted) for wanted in (False, True)
    )
    return replace(part, photos=kept), OriginPart(part.name, out)


def _without_files(parts: Sequence[OriginPart], dropped: set[Path]) -> list[OriginPart]:
    def kept(photo: OriginPhoto) -> bool:
        return photo.path not in dropped

    return [replace(part, photos=tuple(filter(kept, part.photos))) for part in parts]


def _at_most(part: OriginPart, count: int, rng: np.random.Generator) -> OriginPart:
    """``count`` of the photos, or all."""
    chosen = np.sort(rng.permutation(len(part.photos))[:count])
    return replace(part, photos=tuple(part.photos[i] for i in chosen))


def _some(photos: LabelledPhotos, rng: np.random.Generator) -> LabelledPhotos:
    """At most `WATCHED` of each label: measuring all of them would take as long as an epoch."""
    chosen = [rng.permutation(np.flatnonzero(photos.labels == label))[:WATCHED] for label in range(len(CLASSES))]
    return photos.take(np.sort(np.concatenate(chosen)))


def _pooled(photos: Sequence[LabelledPhotos]) -> LabelledPhotos:
    return LabelledPhotos(
        np.concatenate([own.images for own in photos]),
        np.concatenate([own.labels for own in photos]),
        tuple(path for own in photos for path in own.paths),
    )


def _origin_facts(
    origins: Sequence[Origin], parts: dict[str, list[OriginPart]], pooled: dict[str, LabelledPhotos]
) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for origin in origins:
        told = [
            f"{name} {len(part.of(CRACKED))} cracked, {len(part.of(1 - CRACKED))} sound photos"
            for name, own in parts.items()
            for part in own
            if part.name == origin.name
        ]
        source = f"{origin.source} ({origin.licence}): " if origin.source else ""
        facts[f"origin {origin.name}"] = source + "; ".join(told)
    return facts | {f"{name} windows": _count(photos.labels) for name, photos in pooled.items()}


def _count(labels: np.ndarray) -> str:
    positive = int(labels.sum())
    return f"{positive} {CLASSES[1]} (cracked), {len(labels) - positive} {CLASSES[0]} (sound)"
