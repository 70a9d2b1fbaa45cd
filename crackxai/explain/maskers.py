"""Filling in what is hidden: how a picture with absent regions is shown to the model.

Telea: A. Telea, "An Image Inpainting Technique Based on the Fast Marching Method", 2004. Navier-Stokes: M. Bertalmio,
A. Bertozzi and G. Sapiro, "Navier-Stokes, Fluid Dynamics, and Image and Video Inpainting", CVPR 2001. Each masker gives
byte for byte what ``shap.maskers.Image`` (0.51) gives for the same float32 picture and mask, but is a pure function:
nothing is kept between pictures.
"""

from __future__ import annotations

import functools
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import cv2
import numpy as np

from crackxai.explain.settings import ExplainSettings

INPAINT_RADIUS = 3
"""Pixels around a hidden one that its fill is taken from; shap's."""


class Masker(Protocol):
    """``fill`` of one picture under many masks."""

    def fill(self, image: np.ndarray, visible: np.ndarray) -> np.ndarray:
        """(H, W, 3) uint8, RGB, and (N, H, W) or (N, H, W, 3) bool -> (N, H, W, 3) float32, 0-255.

        Visible values are the picture's own. Under a mask of channels, inpainting fills a pixel in all channels as
        soon as one of them is hidden.
        """


class Inpainting:
    """Hidden pixels painted over from their surroundings; a picture that is hidden whole becomes its mean colour."""

    def __init__(self, method: int) -> None:
        self._method = method

    def fill(self, image: np.ndarray, visible: np.ndarray) -> np.ndarray:
        masks = hidden_pixels(visible)
        out = np.empty((*masks.shape, 3), dtype=np.float32)
        # cv2.inpaint works on one core and lets go of the interpreter meanwhile.
        for i, filled in enumerate(pool().map(functools.partial(self.fill_one, image), masks)):
            out[i] = filled
        return out

    def fill_one(self, image: np.ndarray, hidden: np.ndarray) -> np.ndarray:
        """(H, W, 3) uint8 and (H, W) uint8, not 0 = hidden -> (H, W, 3) uint8; (3,) float32 where all is hidden."""
        if hidden.all():
            return image.astype(np.float32).mean((0, 1))
        return cv2.inpaint(image, hidden, INPAINT_RADIUS, self._method)


class Blur:
    """Hidden values from the picture after a box blur of ``kernel`` x ``kernel`` pixels."""

    def __init__(self, kernel: int) -> None:
        self._kernel = kernel

    def fill(self, image: np.ndarray, visible: np.ndarray) -> np.ndarray:
        sharp = image.astype(np.float32)
        return _choose(sharp, cv2.blur(sharp, (self._kernel, self._kernel)), visible)


class MeanColour:
    """Hidden values from the picture's mean colour: the plainest fill, with the most visible seams."""

    def fill(self, image: np.ndarray, visible: np.ndarray) -> np.ndarray:
        sharp = image.astype(np.float32)
        return _choose(sharp, np.broadcast_to(sharp.mean((0, 1)), sharp.shape), visible)


def masker(settings: ExplainSettings) -> Masker:
    """The masker that the settings ask for."""
    return {
        "inpaint_telea": Inpainting(cv2.INPAINT_TELEA),
        "inpaint_ns": Inpainting(cv2.INPAINT_NS),
        "blur": Blur(settings.blur_kernel),
        "mean": MeanColour(),
    }[settings.masker]


def _choose(image: np.ndarray, background: np.ndarray, visible: np.ndarray) -> np.ndarray:
    return np.where(visible if visible.ndim == 4 else visible[..., None], image, background)


def hidden_pixels(visible: np.ndarray) -> np.ndarray:
    """(N, H, W) or (N, H, W, 3) bool -> (N, H, W) uint8: 1 where a pixel is hidden in any channel."""
    return np.logical_not(visible.all(axis=-1) if visible.ndim == 4 else visible).astype(np.uint8)


@functools.cache
def pool() -> ThreadPoolExecutor:
    """The threads that fill in, as many as cores; work given to them must not wait for other work given to them."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return ThreadPoolExecutor(cores, thread_name_prefix="fill")
