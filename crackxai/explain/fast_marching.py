"""When a front that starts at the border of a region reaches each of its pixels, and in which order.

J. Sethian, "A fast marching level set method for monotonically advancing fronts", 1996; as in OpenCV's
``cv2.inpaint``, bit for bit. Pictures are flat here, rows one after another, with a margin, so that a neighbour is an
offset.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crackxai.explain.compiling import helper, kernel

FAR = np.float32(1e6)
"""The time of pixels that no front reaches."""
BUCKETS = 64
"""Of the queue, for the times modulo 2: all that wait differ by at most 1."""
PER_UNIT = np.float32(BUCKETS / 2)


@helper
def _solve(known_1: bool, time_1: float, known_2: bool, time_2: float) -> Any:
    """The eikonal equation at a pixel from a vertical and a horizontal neighbour."""
    first, second = np.float64(time_1), np.float64(time_2)
    if known_1 and known_2:
        apart = first - second
        if abs(apart) >= 1.0:
            return np.float32(1.0 + min(first, second))
        return np.float32((first + second + math.sqrt(2.0 - apart * apart)) * 0.5)
    if known_1:
        return np.float32(1.0 + first)
    if known_2:
        return np.float32(1.0 + second)
    return np.float32(1.0 + min(first, second))


@helper
def _arrival(known: NDArray[np.uint8], times: NDArray[np.float32], pixel: int, stride: int) -> Any:
    earliest = FAR * FAR
    for vertical in (pixel - stride, pixel + stride):
        for horizontal in (pixel - 1, pixel + 1):
            time = _solve(known[vertical] & 1, times[vertical], known[horizontal] & 1, times[horizontal])
            earliest = min(earliest, time)
    return earliest


@kernel
def march(
    known: NDArray[np.uint8],
    times: NDArray[np.float32],
    start: NDArray[np.int32],
    order: NDArray[np.int32],
    following: NDArray[np.int32],
    stride: int,
) -> int:
    """From the pixels of ``start``, at time 0, over all that are not known.

    Pixels leave the queue by time, and those of equal times as they came.

    Parameters
    ----------
    known : (P,), bit 0; set where the front arrives. times : (P,), written there.
    start : pixels, in reading order. order : (P,), receives the pixels in the order in which they were reached.
    following : (P,), scratch. stride : pixels from one row to the next.

    Returns
    -------
    int : how many were reached.
    """
    # A sorted linked list in each bucket: a new time is mostly the latest of its bucket.
    first = np.full(BUCKETS, -1, dtype=np.int32)
    last = np.full(BUCKETS, -1, dtype=np.int32)
    steps = np.array((-stride, -1, stride, 1))
    for pixel in start:
        if first[0] < 0:
            first[0] = pixel
        else:
            following[last[0]] = pixel
        last[0] = pixel
        following[pixel] = -1
    waiting, reached, bucket = len(start), 0, 0
    while waiting:
        while first[bucket] < 0:
            bucket = (bucket + 1) % BUCKETS
        popped = np.int64(first[bucket])
        first[bucket] = following[popped]
        waiting -= 1
        for direction in range(4):
            pixel = popped + steps[direction]
            if known[pixel] & 1:
                continue
            time = _arrival(known, times, pixel, stride)
            times[pixel] = time
            known[pixel] |= 1
            order[reached] = pixel
            reached += 1
            waiting += 1
            into = np.int64(time * PER_UNIT) % BUCKETS
            if first[into] < 0:
                first[into] = last[into] = pixel
                following[pixel] = -1
            elif times[last[into]] <= time:
                following[last[into]] = pixel
                last[into] = pixel
                following[pixel] = -1
            elif times[first[into]] > time:
                following[pixel] = first[into]
                first[into] = pixel
            else:
                before = first[into]
                while times[following[before]] <= time:
                    before = following[before]
                following[pixel] = following[before]
                following[before] = pixel
    return reached
