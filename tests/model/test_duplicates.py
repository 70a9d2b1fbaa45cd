"""The same photo twice."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from crackxai.model.duplicates import Duplicate, duplicates, perceptual_hash
from crackxai.samples import draw_samples


def test_a_copy_is_found_smaller_compressed_and_brighter():
    first, second, third = (sample.rgb for sample in draw_samples(3, seed=0, side=240))
    small = cv2.resize(first, (150, 150), interpolation=cv2.INTER_AREA)
    _, coded = cv2.imencode(".jpg", first, [cv2.IMWRITE_JPEG_QUALITY, 40])
    compressed = cv2.imdecode(coded, cv2.IMREAD_COLOR)
    brighter = np.clip(first.astype(int) + 20, 0, 255).astype(np.uint8)
    validation = [(Path("val/a.png"), first), (Path("val/b.png"), second)]
    train = [(Path(f"train/{i}.png"), rgb) for i, rgb in enumerate((small, third, compressed, brighter))]
    assert duplicates([validation, train]) == [Duplicate(Path("val/a.png"), Path(f"train/{i}.png")) for i in (0, 2, 3)]


def test_within_one_part_nothing_is_looked_for():
    (sample,) = draw_samples(1, seed=0, side=120)
    twice = [(Path("a"), sample.rgb), (Path("b"), sample.rgb)]
    assert duplicates([twice, []]) == []
    assert duplicates([[], twice]) == []


def test_blank_walls_are_not_called_copies():
    blank = [np.full((60, 60, 3), 100 + i, np.uint8) for i in range(2)]
    assert perceptual_hash(blank[0]) is None
    assert duplicates([[(Path("a"), blank[0])], [(Path("b"), blank[1])]]) == []


def test_different_photos_of_one_kind_differ():
    photos = [(Path(sample.name), sample.rgb) for sample in draw_samples(40, seed=1, side=120)]
    assert duplicates([photos[:20], photos[20:]]) == []
