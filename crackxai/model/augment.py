"""Augmentation of training photos: small pure functions on one picture and a random generator.

All pictures are (H, W, 3), RGB, 0-255. Every change keeps the label: a crack stays visible, and what is added (a
shadow's edge, a ruled joint) falls on cracked and sound photos alike, so that it tells nothing about the label.
"""

from __future__ import annotations

import cv2
import numpy as np

LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)
"""ITU-R BT.601 weights of R, G, B."""


def notebook(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The notebook's: shifts of up to 0.1 of the width and height (edge pixels repeated), and a horizontal flip."""
    height, width = image.shape[:2]
    right, down = rng.uniform(-0.1, 0.1, 2) * (width, height)
    moved = cv2.warpAffine(
        image,
        np.array([[1, 0, right], [0, 1, down]], dtype=np.float32),
        (width, height),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return moved[:, ::-1] if rng.random() < 0.5 else moved


def scratch(image: np.ndarray, rng: np.random.Generator, side: int, strength: float = 1.0) -> np.ndarray:
    """For training the whole network: geometry, light, colour and camera of photos from elsewhere.

    Parameters
    ----------
    strength : 0-1. Scales how often the changes happen and how far pictures are zoomed. At 1 some windows miss the
        crack altogether, which a long training averages out and a short one should not see.

    Returns
    -------
    (side, side, 3) float32, 0-255.
    """

    return photographed(square_symmetry(zoomed(image, rng, side, strength), rng), rng, strength)


def photographed(image: np.ndarray, rng: np.random.Generator, strength: float = 1.0) -> np.ndarray:
    """The square picture under another light, in other colours and by another camera; (side, side, 3) float32, 0-255.

    Parameters
    ----------
    strength : 0-1. Scales how often the changes happen.
    """
    side = image.shape[0]

    def happens(probability: float) -> bool:
        return rng.random() < probability * strength

    out: np.ndarray = image.astype(np.float32)
    if happens(0.30):
        out = tilted(out, rng)
    if happens(0.12):
        out = ruled_joint(out, rng)
    if happens(0.30):
        out = uneven_light(out, rng)
    if happens(0.30):
        out = toned(out, rng)
    out = coloured(out, rng, 0.35 if happens(0.30) else 0.12)
    if happens(0.20):
        out = cv2.GaussianBlur(out, (0, 0), rng.uniform(0.3, 1.3) * side / 150)
    if happens(0.20):
        out = coarsened(out, rng)
    if happens(0.20):
        out = sharpened(out, rng)
    if happens(0.25):
        out = out + rng.normal(0, rng.uniform(2, 12), out.shape).astype(np.float32)
    out = np.clip(out, 0, 255)
    return jpeg(out, rng) if happens(0.25) else out


def zoomed(image: np.ndarray, rng: np.random.Generator, side: int, strength: float = 1.0) -> np.ndarray:
    """A window of 0.6 to 1.35 of the picture (beyond the border it is mirrored), stretched to ``side`` by area.

    The scale is log-uniform, to the power of ``strength``; width and height differ by up to 20 %. Windows smaller
    than 0.6 would often miss the crack that the label speaks of.
    """
    height, width = image.shape[:2]
    scale = np.exp(strength * rng.uniform(np.log(0.6), np.log(1.35)))
    stretch = np.exp(rng.uniform(-0.1, 0.1))
    w, h = (max(8, round(n * scale * s)) for n, s in ((width, stretch), (height, 1 / stretch)))
    pad_x, pad_y = max(0, w - width + 1) // 2, max(0, h - height + 1) // 2
    if pad_x or pad_y:
        image = cv2.copyMakeBorder(image, pad_y, pad_y, pad_x, pad_x, cv2.BORDER_REFLECT_101)
    left = rng.integers(0, max(0, image.shape[1] - w) + 1)
    top = rng.integers(0, max(0, image.shape[0] - h) + 1)
    return cv2.resize(image[top : top + h, left : left + w], (side, side), interpolation=cv2.INTER_AREA)


def square_symmetry(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One of the eight symmetries of the square: quarter turns and flips."""
    turned = np.rot90(image, int(rng.integers(4)))
    return np.ascontiguousarray(turned[:, ::-1] if rng.random() < 0.5 else turned)


def tilted(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Turned by up to 20 degrees about its middle; beyond the border it is mirrored."""
    height, width = image.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2 - 0.5, height / 2 - 0.5), rng.uniform(-20, 20), 1)
    return cv2.warpAffine(image, turn, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)


def toned(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Another tone curve: a power of the light between 0.65 and 1.55."""
    power = np.float32(np.exp(rng.uniform(-0.43, 0.43)))
    return np.asarray(255 * (np.clip(image, 0, 255) / np.float32(255)) ** power)


def coarsened(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Taken with 0.45 to 0.9 of the pixels, and enlarged again."""
    height, width = image.shape[:2]
    part = rng.uniform(0.45, 0.9)
    small = cv2.resize(image, (round(width * part), round(height * part)), interpolation=cv2.INTER_AREA)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)


def sharpened(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Unsharp masking, as phones do it: light rims along dark lines."""
    amount = np.float32(rng.uniform(0.4, 2.0))
    return np.asarray(image + amount * (image - cv2.GaussianBlur(image, (0, 0), rng.uniform(0.6, 2.0))))


def coloured(image: np.ndarray, rng: np.random.Generator, cast: float = 0.12) -> np.ndarray:
    """Contrast about the mean, brightness, colour cast and saturation (now and then none: a grey picture).

    Parameters
    ----------
    cast : largest natural logarithm of a channel's change.
    """
    mean = image.mean()
    out = (image - mean) * np.float32(np.exp(rng.uniform(-0.5, 0.4))) + mean * np.float32(
        np.exp(rng.uniform(-0.6, 0.35))
    )
    out *= np.exp(rng.uniform(-cast, cast, 3)).astype(np.float32)
    saturation = np.float32(0 if rng.random() < 0.2 else rng.uniform(0.4, 1.5))
    grey = (out @ LUMA)[..., None]
    return np.asarray(grey + (out - grey) * saturation)


def uneven_light(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Light that falls off across the picture, or a cast shadow with a straight, soft edge."""
    distance = _distance_from_line(image.shape[0], rng)
    if rng.random() < 0.5:
        return np.asarray(image * (1 + np.float32(rng.uniform(0.1, 0.5)) * np.clip(distance, -1, 1))[..., None])
    softness = np.float32(rng.uniform(0.01, 0.1))
    lit = 1 / (1 + np.exp(-np.clip(distance / softness, -30, 30)))
    darkest = np.float32(rng.uniform(0.4, 0.85))
    return np.asarray(image * (darkest + (1 - darkest) * lit)[..., None])


def ruled_joint(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A dead straight dark or light line of even width across the picture: formwork joint, wire, mortar."""
    distance = np.abs(_distance_from_line(image.shape[0], rng))
    width = np.float32(rng.uniform(0.004, 0.04))
    cover = np.clip((width - distance) / 0.008 + 0.5, 0, 1)
    depth = np.float32(rng.uniform(0.35, 0.85) if rng.random() < 0.7 else rng.uniform(1.15, 1.5))
    return np.asarray(image * (1 + (depth - 1) * cover)[..., None])


def jpeg(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Through a JPEG of quality 25 to 90 and back: block and ringing artefacts."""
    quality = int(rng.integers(25, 91))
    _, coded = cv2.imencode(".jpg", np.rint(image).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), dtype=np.float32)


def _distance_from_line(side: int, rng: np.random.Generator) -> np.ndarray:
    """(side, side) float32 signed distances from a random line through the middle part, in sides."""
    angle = rng.uniform(0, 2 * np.pi)
    ramp = np.linspace(-0.5, 0.5, side, dtype=np.float32)
    return (
        np.float32(np.cos(angle)) * ramp[None]
        + np.float32(np.sin(angle)) * ramp[:, None]
        - np.float32(rng.uniform(-0.35, 0.35))
    )
