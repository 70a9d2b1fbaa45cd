"""Filling in what is hidden: how a picture with absent regions is shown to the model.

Telea: A. Telea, "An Image Inpainting Technique Based on the Fast Marching Method", 2004. Navier-Stokes: M. Bertalmio,
A. Bertozzi and G. Sapiro, "Navier-Stokes, Fluid Dynamics, and Image and Video Inpainting", CVPR 2001. Each masker gives
byte for byte what ``shap.maskers.Image`` (0.51) gives for the same float32 picture and mask, but is a pure function:
nothing is kept between pictures.

A masker is added here: its class under `register`, and its own numbers as fields of `MaskerSettings`. The command
line, the pages, links, records and captions follow.
"""

from __future__ import annotations

import functools
import itertools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from crackxai.errors import SettingsError
from crackxai.explain.fill_backend import backend
from crackxai.explain.parameters import Parameter, check_parameters, parameter, parameters_of

Picture = NDArray[Any]
Masks = NDArray[np.bool_]


class Masker(Protocol):
    """``fill`` of one picture under many masks."""

    def fill(self, image: Picture, visible: Masks) -> Picture:
        """(H, W, 3) uint8, RGB, and (N, H, W) or (N, H, W, 3) bool -> (N, H, W, 3) float32, 0-255.

        Visible values are the picture's own. Under a mask of channels, inpainting fills a pixel in all channels as
        soon as one of them is hidden.
        """


@dataclass(frozen=True)
class MaskerEntry:
    """A masker that can be chosen.

    Attributes
    ----------
    name : in settings, links and records. title : in figures. about : for the command line.
    make : from the values of ``parameters``, which are names of fields of `MaskerSettings`.
    """

    name: str
    title: str
    about: str
    make: Callable[..., Masker]
    parameters: tuple[str, ...]


MASKERS: dict[str, MaskerEntry] = {}
"""By name, in the order in which they are offered."""
Class = TypeVar("Class", bound=Callable[..., Masker])


def register(name: str, title: str, about: str, *parameters: str) -> Callable[[Class], Class]:
    """Offer the class below as a masker; see `MaskerEntry`. Its texts are ``masker.NAME`` of the catalogues."""

    def add(make: Class) -> Class:
        MASKERS[name] = MaskerEntry(name, title, about, make, parameters)
        return make

    return add


class Inpainting:
    """Hidden pixels painted over from their surroundings; a picture that is hidden whole becomes its mean colour."""

    def __init__(self, method: int) -> None:
        self._method = method

    def fill(self, image: Picture, visible: Masks) -> Picture:
        masks = hidden_pixels(visible)
        out = np.empty((*masks.shape, 3), dtype=np.float32)
        # A fill works on one core and lets go of the interpreter meanwhile.
        for i, filled in enumerate(pool().map(functools.partial(self.fill_one, image), masks)):
            out[i] = filled
        return out

    def fill_one(self, image: Picture, hidden: NDArray[np.uint8]) -> Picture:
        """(H, W, 3) uint8 and (H, W) uint8, not 0 = hidden -> (H, W, 3) uint8; (3,) float32 where all is hidden."""
        if hidden.all():
            mean: Picture = image.astype(np.float32).mean((0, 1))
            return mean
        return backend.fill(image, hidden, self._method)


@register("inpaint_telea", "Telea", "inpainting after Telea")
class Telea(Inpainting):
    """Painted over from the border inwards, by fast marching."""

    def __init__(self) -> None:
        super().__init__(cv2.INPAINT_TELEA)


@register("inpaint_ns", "Navier–Stokes", "inpainting after Navier-Stokes")
class NavierStokes(Inpainting):
    """Painted over along lines of equal brightness, as a fluid flows."""

    def __init__(self) -> None:
        super().__init__(cv2.INPAINT_NS)


@register("blur", "Blur", "a box blur", "blur_kernel")
class Blur:
    """Hidden values from the picture after a box blur of ``kernel`` x ``kernel`` pixels."""

    def __init__(self, kernel: int) -> None:
        self._kernel = kernel

    def fill(self, image: Picture, visible: Masks) -> Picture:
        sharp = image.astype(np.float32)
        return _choose(sharp, cv2.blur(sharp, (self._kernel, self._kernel)), visible)


@register("mean", "Mean", "the picture's mean colour")
class MeanColour:
    """Hidden values from the picture's mean colour: the plainest fill, with the most visible seams."""

    def fill(self, image: Picture, visible: Masks) -> Picture:
        sharp = image.astype(np.float32)
        return _choose(sharp, np.broadcast_to(sharp.mean((0, 1)), sharp.shape), visible)


@dataclass(frozen=True)
class MaskerSettings:
    """How hidden pixels are filled in; the part of a method's settings that all methods with a masker share.

    Attributes
    ----------
    masker : one of `MASKERS`.
    blur_kernel : side of the box blur in pixels of the network's picture, 2-150; only used by "blur".

    Raises
    ------
    SettingsError : a value is of another type or outside its range.
    """

    masker: str = "inpaint_telea"
    blur_kernel: int = parameter(
        15,
        2,  # 1 would hide nothing
        150,
        help="side of the blur in pixels of the network's picture",
        offered=range(3, 150, 2),
        compared=(7, 15, 31, 61),
        caption="{0} x {0}",
        kw_only=False,  # older than the rule that others are named
    )

    def __post_init__(self) -> None:
        if not isinstance(self.masker, str) or self.masker not in MASKERS:
            raise SettingsError(f"expected masker to be one of {', '.join(MASKERS)}, received {self.masker!r:.80}.")
        check_parameters(self)

    @property
    def fill(self) -> tuple[str, tuple[tuple[str, int], ...]]:
        """The masker's name, and name and value of each parameter that it uses: equal for equal fills."""
        return self.masker, tuple((name, getattr(self, name)) for name in MASKERS[self.masker].parameters)


def masker(settings: MaskerSettings) -> Masker:
    """The masker that the settings ask for."""
    return MASKERS[settings.masker].make(*(value for _, value in settings.fill[1]))


def masker_parameters(name: str | None = None) -> tuple[Parameter, ...]:
    """The parameters of one masker, or of all."""
    own = None if name is None else MASKERS[name].parameters
    return tuple(each for each in parameters_of(MaskerSettings) if own is None or each.name in own)


def compared() -> list[MaskerSettings]:
    """What the Compare page offers: each masker, with each of the values that its parameters are compared at."""
    found = []
    for name in MASKERS:
        own = masker_parameters(name)
        for values in itertools.product(*(each.compared for each in own)):
            chosen: dict[str, Any] = {each.name: value for each, value in zip(own, values, strict=True)}
            found.append(replace(MaskerSettings(name), **chosen))
    return found


def _choose(image: Picture, background: Picture, visible: Masks) -> Picture:
    return np.where(visible if visible.ndim == 4 else visible[..., None], image, background)


def hidden_pixels(visible: Masks) -> NDArray[np.uint8]:
    """(N, H, W) or (N, H, W, 3) bool -> (N, H, W) uint8: 1 where a pixel is hidden in any channel."""
    hidden: Masks = np.logical_not(visible.all(axis=-1) if visible.ndim == 4 else visible)
    return hidden.astype(np.uint8)


@functools.cache
def pool() -> ThreadPoolExecutor:
    """The threads that fill in, as many as cores; work given to them must not wait for other work given to them."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return ThreadPoolExecutor(cores, thread_name_prefix="fill")
