"""Inpainting as ``cv2.inpaint`` (OpenCV 5.0) does it at radius 3, bit for bit, and faster.

Telea: A. Telea, "An Image Inpainting Technique Based on the Fast Marching Method", 2004. Navier-Stokes: M. Bertalmio,
A. Bertozzi and G. Sapiro, "Navier-Stokes, Fluid Dynamics, and Image and Video Inpainting", CVPR 2001.

OpenCV computes the gradients of colours anew for each pair of a hidden pixel and a neighbour, and each weight for each
channel. Here a pixel keeps its gradients, and a fill renews those that it touches. Otherwise it is the same arithmetic:
float32 and double where OpenCV has them, and sums in the same order, which decides their last bits.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from crackxai.explain import compiling
from crackxai.explain.compiling import helper, kernel
from crackxai.explain.fast_marching import FAR, march

RADIUS = 3
MARGIN = RADIUS
"""Pixels around the picture, so that nobody's neighbourhood leaves it."""
KNOWN, USABLE, LEFT, RIGHT, TOP, BOTTOM, NEAR_EDGE = (1 << bit for bit in range(7))
"""Of a pixel's state. OpenCV takes a frame of one pixel around the picture for known, but uses no colour of it."""
LANES = 12
"""float32 of each pixel: colour, horizontal gradient and vertical gradient, of three channels each; three are spare."""

_DISC = [(y, x) for y in range(-RADIUS, RADIUS + 1) for x in range(-RADIUS, RADIUS + 1) if 0 < y * y + x * x <= 9]
_DOWN, _RIGHT = np.array(_DISC).T.copy()
# Towards the hidden pixel, as Telea has it; Navier-Stokes only uses it up to its sign.
_Y, _X = -_DOWN.astype(np.float32), -_RIGHT.astype(np.float32)
_SQUARED = _Y * _Y + _X * _X
_TELEA_NEAR = (1 / (_SQUARED * np.sqrt(_SQUARED.astype(np.float64)))).astype(np.float32)
_STOKES_NEAR = 1 / (_SQUARED * _SQUARED + np.float32(1))
_LEAST, _FLAT, _TINY, _HALF = np.float32(1e-6), np.float32(0.01), np.float32(1e-20), np.float32(0.5)
# Indices are unsigned, as Numba tests signed ones for being negative.
_ONE, _TWO, _THREE, _SIX, _WIDTH, _COUNT = (np.uint64(n) for n in (1, 2, 3, 6, LANES, len(_DISC)))
_FOUR, _FIVE, _SEVEN, _EIGHT, _NINE = (np.uint64(n) for n in (4, 5, 7, 8, 9))
Array = NDArray[Any]


@helper
def _place(state: Array, pixel: Any, step: Any, stride: Any) -> Any:
    """Where a gradient is taken: the pixel, or one further in in the first row and column; and whether at an edge."""
    own = state[pixel]
    edges = own >> (_TWO if step == _ONE else _FOUR)
    return pixel + ((own >> _TWO) & _ONE) + ((own >> _FOUR) & _ONE) * stride, (edges | edges >> _ONE) & _ONE


@helper
def _telea_gradient(picture: Array, state: Array, lanes: Array, pixel: Any, step: Any, stride: Any, into: Any) -> None:
    """Twice the central difference, or the difference to the one neighbour that is known."""
    place, at_edge = _place(state, pixel, step, stride)
    before, after = state[pixel - step] & _ONE, state[pixel + step] & _ONE
    plus, minus = place + step * after - step * at_edge, place - step * before
    for c in range(_THREE):
        difference = np.int32(picture[plus * _THREE + c]) - np.int32(picture[minus * _THREE + c])
        lanes[pixel * _WIDTH + into + c] = np.float32(difference * np.int32(before + after))


@helper
def _stokes_gradient(picture: Array, state: Array, lanes: Array, pixel: Any, step: Any, stride: Any, into: Any) -> None:
    """Both absolute differences, or twice the one that is known."""
    place, at_edge = _place(state, pixel, step, stride)
    before, after = state[pixel - step] & _ONE, state[pixel + step] & _ONE
    middle = place if step == _ONE else place - step * at_edge
    plus = place + step - step * at_edge if after else middle
    minus = place - step if before else middle
    times = np.int32(_ONE + (before ^ after))
    for c in range(_THREE):
        own = np.int32(picture[middle * _THREE + c])
        both = abs(np.int32(picture[plus * _THREE + c]) - own) + abs(own - np.int32(picture[minus * _THREE + c]))
        lanes[pixel * _WIDTH + into + c] = np.float32(both * times)


@helper
def _around(stride: Any) -> Any:
    """Nine neighbourhoods: the pixel, those whose horizontal gradient it is part of, others; the same for vertical."""
    beside = np.array((0, -1, 1, -stride - 1, -stride, 1 - stride, stride - 1, stride, stride + 1)).astype(np.uint64)
    above = np.array((0, -stride, stride, -stride - 1, -1, 1 - stride, stride - 1, 1, stride + 1)).astype(np.uint64)
    return beside, above


@helper
def _renew(
    stokes: bool, picture: Array, state: Array, lanes: Array, pixel: Any, stride: Any, around: Any, count: Any
) -> None:
    """The pixel's colour has become known: take it over, and renew the gradients of ``count`` pixels."""
    state[pixel] |= np.uint8(KNOWN | USABLE)
    for c in range(_THREE):
        lanes[pixel * _WIDTH + c] = picture[pixel * _THREE + c]
    beside, above = around
    for i in range(count):
        if stokes:
            _stokes_gradient(picture, state, lanes, pixel + beside[i], _ONE, stride, _THREE)
            _stokes_gradient(picture, state, lanes, pixel + above[i], stride, stride, _SIX)
        else:
            _telea_gradient(picture, state, lanes, pixel + beside[i], _ONE, stride, _THREE)
            _telea_gradient(picture, state, lanes, pixel + above[i], stride, stride, _SIX)


@helper
def _touched(state: Array, pixel: Any) -> Any:
    return _NINE if state[pixel] & np.uint8(NEAR_EDGE) else _THREE


@helper
def _neighbours(state: Array, pixel: Any, offsets: Array, found: Array) -> Any:
    """How many places of the disc can be used; they are written to ``found``, in reading order."""
    count = _ONE - _ONE
    for place in range(_COUNT):
        found[count] = place
        count += (state[pixel + offsets[place]] >> _ONE) & _ONE
    return count


@helper
def _slope(state: Array, times: Array, pixel: Any, step: Any) -> Any:
    """The gradient of the times at a pixel whose own time is known, its state not yet."""
    if state[pixel + step] & _ONE:
        if state[pixel - step] & _ONE:
            return (times[pixel + step] - times[pixel - step]) * _HALF
        return times[pixel + step] - times[pixel]
    if state[pixel - step] & _ONE:
        return times[pixel] - times[pixel - step]
    return np.float32(0)


@helper
def _byte(value: float) -> Any:
    return np.uint8(min(max(np.rint(value), 0.0), 255.0))


@helper
def _telea_colour(colour: Any, x: Any, y: Any, weight: Any) -> Any:
    value = colour / weight + (x + y) / (math.sqrt(x * x + y * y) + _TINY)
    return _byte(np.float64(value) + 0.5)


@kernel
def telea(
    picture: NDArray[np.uint8],
    state: NDArray[np.uint8],
    times: NDArray[np.float32],
    lanes: NDArray[np.float32],
    order: NDArray[np.int32],
    visible: int,
    stride: int,
) -> None:
    """Fill ``picture``.

    Parameters
    ----------
    picture : (3 * P,) with the margin. state, times : (P,), of before the first fill. lanes : (P * LANES,), scratch.
    order : pixels: ``visible`` ones around those that are hidden, then these, as they are to be filled.
    """
    around, row = _around(stride), np.uint64(stride)
    offsets, found = (_DOWN * stride + _RIGHT).astype(np.uint64), np.empty(_COUNT, np.uint64)
    for i in range(len(order)):
        pixel = np.uint64(order[i])
        if i < visible:
            _renew(False, picture, state, lanes, pixel, row, around, _ONE)
            continue
        own, slope_x, slope_y = times[pixel], _slope(state, times, pixel, _ONE), _slope(state, times, pixel, row)
        r = g = b = rx = gx = bx = ry = gy = by = np.float32(0)
        weights = _TINY
        for n in range(_neighbours(state, pixel, offsets, found)):
            place = found[n]
            near = pixel + offsets[place]
            x, y = _X[place], _Y[place]
            level = np.float32(1.0 / (1.0 + np.float64(abs(times[near] - own))))
            along = x * slope_x + y * slope_y
            if abs(along) <= _FLAT:
                along = _LEAST
            w = abs(_TELEA_NEAR[place] * level * along)
            weights += w
            k = near * _WIDTH
            r += w * lanes[k]
            g += w * lanes[k + _ONE]
            b += w * lanes[k + _TWO]
            rx -= w * (lanes[k + _THREE] * x)
            gx -= w * (lanes[k + _FOUR] * x)
            bx -= w * (lanes[k + _FIVE] * x)
            ry -= w * (lanes[k + _SIX] * y)
            gy -= w * (lanes[k + _SEVEN] * y)
            by -= w * (lanes[k + _EIGHT] * y)
        picture[pixel * _THREE] = _telea_colour(r, rx, ry, weights)
        picture[pixel * _THREE + _ONE] = _telea_colour(g, gx, gy, weights)
        picture[pixel * _THREE + _TWO] = _telea_colour(b, bx, by, weights)
        _renew(False, picture, state, lanes, pixel, row, around, _touched(state, pixel))


@kernel
def navier_stokes(
    picture: NDArray[np.uint8],
    state: NDArray[np.uint8],
    lanes: NDArray[np.float32],
    order: NDArray[np.int32],
    visible: int,
    stride: int,
) -> None:
    """Fill ``picture``; parameters as of `telea`."""
    around, row = _around(stride), np.uint64(stride)
    offsets, found = (_DOWN * stride + _RIGHT).astype(np.uint64), np.empty(_COUNT, np.uint64)
    # Weights by neighbour and channel, a multiple of eight, so that the roots and quotients are taken eight at once.
    weights, squares = np.zeros(88, np.float32), np.ones(88, np.float32)
    for i in range(len(order)):
        pixel = np.uint64(order[i])
        if i < visible:
            _renew(True, picture, state, lanes, pixel, row, around, _ONE)
            continue
        count = _neighbours(state, pixel, offsets, found)
        for n in range(count):
            place = found[n]
            k = (pixel + offsets[place]) * _WIDTH
            for c in range(_THREE):
                # OpenCV calls the vertical one x: across it lies the line of equal brightness.
                along_x, along_y = -lanes[k + _SIX + c], lanes[k + _THREE + c]
                weights[n * _THREE + c] = _X[place] * along_x + _Y[place] * along_y
                squares[n * _THREE + c] = _SQUARED[place] * (along_x * along_x + along_y * along_y)
        for n in range((count * _THREE + _SEVEN) & ~_SEVEN):
            along = abs(weights[n])
            cosine = along / math.sqrt(squares[n])
            weights[n] = _LEAST if along <= _FLAT else cosine
        r = g = b = np.float32(0)
        r_weights = g_weights = b_weights = _TINY
        for n in range(count):
            place = found[n]
            k = (pixel + offsets[place]) * _WIDTH
            near = _STOKES_NEAR[place]
            w = near * weights[n * _THREE]
            r += w * lanes[k]
            r_weights += w
            w = near * weights[n * _THREE + _ONE]
            g += w * lanes[k + _ONE]
            g_weights += w
            w = near * weights[n * _THREE + _TWO]
            b += w * lanes[k + _TWO]
            b_weights += w
        picture[pixel * _THREE] = _byte(np.float64(r) / np.float64(r_weights))
        picture[pixel * _THREE + _ONE] = _byte(np.float64(g) / np.float64(g_weights))
        picture[pixel * _THREE + _TWO] = _byte(np.float64(b) / np.float64(b_weights))
        _renew(True, picture, state, lanes, pixel, row, around, _touched(state, pixel))


@functools.lru_cache(maxsize=4)
def _visible_state(height: int, width: int) -> NDArray[np.uint8]:
    """(H + 2 * MARGIN, W + 2 * MARGIN) uint8: the state of a picture of which nothing is hidden."""
    state = np.zeros((height + 2 * MARGIN, width + 2 * MARGIN), dtype=np.uint8)
    state[MARGIN - 1 : 1 - MARGIN, MARGIN - 1 : 1 - MARGIN] = KNOWN
    picture = state[MARGIN:-MARGIN, MARGIN:-MARGIN]
    picture[:] |= USABLE
    for side, edge in ((LEFT, picture[:, :1]), (RIGHT, picture[:, -1:]), (TOP, picture[:1]), (BOTTOM, picture[-1:])):
        edge |= side
    for zone in (picture[:, :2], picture[:, -2:], picture[:2], picture[-2:]):
        zone |= NEAR_EDGE
    return state


def inpaint(image: NDArray[np.uint8], hidden: NDArray[np.uint8], method: int) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 and (H, W) uint8, not 0 = hidden -> (H, W, 3) uint8; H and W at least 2.

    Parameters
    ----------
    method : cv2.INPAINT_TELEA or cv2.INPAINT_NS.
    """
    bare = _visible_state(*hidden.shape)
    size, stride = bare.size, bare.shape[1]
    inner = slice(MARGIN, -MARGIN)
    picture = np.zeros((*bare.shape, 3), dtype=np.uint8)
    picture[inner, inner] = image
    inside = np.zeros(bare.shape, dtype=np.uint8)
    inside[inner, inner] = hidden != 0
    state = bare - (KNOWN | USABLE) * inside
    outside = (state & USABLE) != 0
    # OpenCV's ring is a square, and its band a cross, around each hidden pixel.
    band = outside & (cv2.dilate(inside, cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))) != 0)
    near = outside & (cv2.dilate(inside, np.ones((2 * RADIUS + 1, 2 * RADIUS + 1), dtype=np.uint8)) != 0)
    start = np.flatnonzero(band).astype(np.int32)
    times = np.full(size, FAR)
    times[start] = 0
    order, following = np.empty((2, size), dtype=np.int32)
    if method == cv2.INPAINT_TELEA:
        # Outwards first, which gives negative times.
        reached = march((band | ~near).ravel().astype(np.uint8), times, start, order, following, stride)
        times[order[:reached]] *= -1
    reached = march(state.ravel().copy(), times, start, order, following, stride)
    around = np.flatnonzero(near).astype(np.int32)
    order = np.concatenate([around, order[:reached]])
    lanes = np.empty(size * LANES, dtype=np.float32)
    if method == cv2.INPAINT_TELEA:
        telea(picture.ravel(), state.ravel(), times, lanes, order, len(around), stride)
    else:
        navier_stokes(picture.ravel(), state.ravel(), lanes, order, len(around), stride)
    return picture[inner, inner].copy()


def is_cached() -> bool:
    """Whether there seems to be nothing to compile."""
    return compiling.is_cached(march, telea, navier_stokes)


def compile_kernels() -> None:
    """Have all of them compiled, or read from the cache."""
    image, hidden = np.zeros((9, 9, 3), dtype=np.uint8), np.eye(9, dtype=np.uint8)
    for method in (cv2.INPAINT_TELEA, cv2.INPAINT_NS):
        inpaint(image, hidden, method)
