"""Photos made from photos: a real crack laid into another wall, and a crack painted out.

A crack is a dip in light: what it makes of the surface under it is the ratio of the photo to the same photo with the
crack inpainted. That ratio, in logarithms, is turned, widened or narrowed, and laid into a sound photo of another
origin. The reverse, the photo with the crack inpainted, is a sound photo of the very wall that is cracked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from crackxai.errors import DataError
from crackxai.model.origins import OriginPart, OriginPhoto
from crackxai.model.windows import CRACKED, SOUND
from crackxai.samples.origin_folder import new_origin, write_labelled

REACH = 3
"""Pixels around a mask that belong to the crack still: masks are a pixel or two off, and edges are soft."""
WIDEST = 0.06
"""Part of a photo that a mask may cover: what lies under more is not known from around it."""
FACTORS = (0.4, 1.6)
"""Smallest and largest change of a crack's size."""
DEEPEST = np.log(0.08)
"""The log ratio of the blackest crack; below it 8-bit pictures hold only noise."""


FAINTEST, OUT_OF_GRAIN = 0.1, 1.4
"""Mean log ratio that a laid-in crack must have, and that in standard deviations of the surface's grain: a label that
nobody can see teaches only noise."""


@dataclass(frozen=True, eq=False)
class Composite:
    """A made photo.

    Attributes
    ----------
    rgb : (H, W, 3) uint8, RGB, 0-255.
    mask : (H, W) bool of the crack; None of a sound photo.
    """

    rgb: np.ndarray
    mask: np.ndarray | None


def painted_out(photo: OriginPhoto, rng: np.random.Generator) -> np.ndarray:
    """(H, W, 3) uint8: the photo without its crack, which must have a mask.

    Telea's inpainting is smooth; the grain it lacks is taken from beside the crack.
    """
    mask = _grown(_drawn(photo), REACH + 1)
    smooth = cv2.inpaint(photo.rgb, mask, 4, cv2.INPAINT_TELEA).astype(np.float32)
    grain = photo.rgb.astype(np.float32) - cv2.GaussianBlur(photo.rgb, (0, 0), 2.5).astype(np.float32)
    near = _grown(mask, 3)
    angles, distance = rng.uniform(0, 2 * np.pi) + np.linspace(0, np.pi, 6, endpoint=False), rng.uniform(14, 30)
    shifts = [(round(distance * np.sin(a)), round(distance * np.cos(a))) for a in angles]
    # Across the crack rather than along it: grain from inside it would be the crack again.
    shift = min(shifts, key=lambda by: int((np.roll(near, by, (0, 1)) & mask).sum()))
    moved, taken = np.roll(grain, shift, (0, 1)), np.roll(near, shift, (0, 1))
    moved[taken > 0] = 0
    weight = cv2.GaussianBlur((mask > 0).astype(np.float32), (0, 0), 1.2)[..., None]
    filled = np.where(mask[..., None] > 0, smooth + moved, photo.rgb)
    return np.asarray(np.clip(np.rint(weight * filled + (1 - weight) * photo.rgb), 0, 255), dtype=np.uint8)


def crack_depth(photo: OriginPhoto) -> tuple[np.ndarray, np.ndarray]:
    """What the crack does to the light.

    Returns
    -------
    depth : (H, W, 3) float32, log of the ratio to the surface without the crack; 0 away from it.
    mask : (H, W) float32, 1 on the crack.
    """
    mask = _drawn(photo)
    near = _grown(mask, REACH)
    surface = cv2.inpaint(photo.rgb, near, 4, cv2.INPAINT_TELEA)
    ratio = np.log(photo.rgb.astype(np.float32) + 4) - np.log(surface.astype(np.float32) + 4)
    fade = cv2.GaussianBlur(_grown(mask, REACH - 1).astype(np.float32), (0, 0), 1.0)
    return np.clip(ratio, DEEPEST, 0.35) * fade[..., None], mask.astype(np.float32)


def laid_in(surface: np.ndarray, photo: OriginPhoto, rng: np.random.Generator) -> Composite | None:
    """The crack of ``photo`` in the sound ``surface``, (H, W, 3) uint8; None where too little of it is seen there."""
    depth, mask = crack_depth(photo)
    height, width = surface.shape[:2]
    scale = float(np.exp(rng.uniform(*np.log(FACTORS))))
    turn = cv2.getRotationMatrix2D((0, 0), rng.uniform(0, 360), scale)
    if rng.random() < 0.5:
        turn[:, 0] *= -1
    at = photo.mask.points[rng.integers(len(photo.mask.points))] if photo.mask is not None else np.zeros(2)
    to = np.array([width, height]) * rng.uniform(0.35, 0.65, 2)
    turn[:, 2] = to - turn[:, :2] @ at.astype(np.float64)
    if scale < 1:
        # What will be shrunk is blurred first: warping alone would break a hairline into dots.
        sigma = 0.45 / scale
        depth, mask = cv2.GaussianBlur(depth, (0, 0), sigma), cv2.GaussianBlur(mask, (0, 0), sigma * 0.6)
    moved: np.ndarray = cv2.warpAffine(depth, turn, (width, height), flags=cv2.INTER_LINEAR)
    inside = cv2.warpAffine(mask, turn, (width, height), flags=cv2.INTER_LINEAR) >= 0.35
    if inside.sum() < 0.5 * min(height, width):
        return None
    moved *= np.float32(rng.uniform(0.7, 1.3))
    before = np.log(surface.astype(np.float32) + 4)
    if not _visible(moved, inside, before):
        return None
    light = before + moved
    return Composite(np.clip(np.rint(np.exp(light) - 4), 0, 255).astype(np.uint8), inside)


def composites(parts: Sequence[OriginPart], count: int, seed: int = 0) -> Iterator[Composite]:
    """``count`` photos, cracked and sound in turn; number i depends on ``seed`` and i alone.

    Cracks come from photos with masks, in turn over their origins; the walls they are laid into are sound photos of
    other origins, and walls whose own crack was painted out.

    Raises
    ------
    DataError : no origin has a photo with a mask of at most `WIDEST`, or none has a sound photo.
    """
    cracks = {part.name: found for part in parts if (found := [p for p in part.of(CRACKED) if _usable(p)])}
    walls = {part.name: found for part in parts if (found := part.of(SOUND))}
    if not cracks or not walls:
        raise DataError(
            f"expected origins with masks and origins with sound photos, received {len(cracks)} and {len(walls)} such."
        )
    names = sorted(cracks)
    for i in range(count):
        rng = np.random.default_rng((seed, i))
        own = names[(i // 2) % len(names)]
        if i % 2:
            photo = cracks[own][rng.integers(len(cracks[own]))]
            yield Composite(painted_out(photo, rng), None)
            continue
        while True:
            photo = cracks[own][rng.integers(len(cracks[own]))]
            made = laid_in(_wall(cracks, walls, own, rng), photo, rng)
            if made is not None:
                yield made
                break


def _wall(
    cracks: dict[str, list[OriginPhoto]], walls: dict[str, list[OriginPhoto]], own: str, rng: np.random.Generator
) -> np.ndarray:
    """A sound picture of another origin than ``own``, if there is one; a quarter of them were cracked before."""
    others = sorted(name for name in cracks if name != own)
    if others and rng.random() < 0.25:
        name = others[rng.integers(len(others))]
        return painted_out(cracks[name][rng.integers(len(cracks[name]))], rng)
    names = sorted(name for name in walls if name != own) or sorted(walls)
    name = names[rng.integers(len(names))]
    rgb = walls[name][rng.integers(len(walls[name]))].rgb
    # Small photos are blown up and large ones shrunk, so that a crack's width in pixels says nothing of the wall.
    scale = float(np.clip(np.exp(rng.uniform(np.log(320), np.log(480))) / max(rgb.shape[:2]), 0.5, 2))
    return cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)


def _visible(depth: np.ndarray, inside: np.ndarray, light: np.ndarray) -> bool:
    """Whether a crack of ``depth`` stands out from the grain of the surface, both (H, W, 3) in logarithms of light."""
    grain = (light - cv2.GaussianBlur(light, (0, 0), 3)).mean(axis=2)
    return float(np.abs(depth[inside].mean())) >= max(FAINTEST, OUT_OF_GRAIN * float(grain.std()))


def _usable(photo: OriginPhoto) -> bool:
    return photo.mask is not None and 0 < len(photo.mask.points) <= WIDEST * photo.rgb.shape[0] * photo.rgb.shape[1]


def _drawn(photo: OriginPhoto) -> np.ndarray:
    """(H, W) uint8, 1 on the crack."""
    drawn = np.zeros(photo.rgb.shape[:2], dtype=np.uint8)
    if photo.mask is not None:
        drawn[photo.mask.points[:, 1], photo.mask.points[:, 0]] = 1
    return drawn


def _grown(mask: np.ndarray, by: int) -> np.ndarray:
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * by + 1, 2 * by + 1))
    return cv2.dilate(mask, disc)


def write_composites(parts: Sequence[OriginPart], out: Path, count: int, seed: int) -> None:
    """Write `composites` as an origin to train on.

    Raises
    ------
    DataError : see `composites`; or ``out`` holds something already.
    """
    new_origin(out)
    made = tqdm(composites(parts, count, seed), total=count, desc="composites", unit="photo", disable=None)
    for i, composite in enumerate(made):
        write_labelled(out, f"composite-{seed}-{i + 1:05d}", composite.rgb, composite.mask)
