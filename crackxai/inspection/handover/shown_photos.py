"""A photo's pictures for the PDF: itself with what was found in it, its maps, a thumbnail; as JPEG files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from crackxai.errors import CrackXAIError
from crackxai.inspection.dossier import PhotoDossier
from crackxai.inspection.handover import words
from crackxai.inspection.handover.recorded_map import RecordedMap, recorded_map
from crackxai.inspection.handover.subject import Subject
from crackxai.inspection.originals import read_original
from crackxai.inspection.pictures import Look, limit_of
from crackxai.photo import Box, read_photo
from crackxai.photo.small import SmallPhoto, read_small
from crackxai.render import display_picture, overlay

Picture = NDArray[np.uint8]

PHOTO_SIDE, MAP_SIDE, THUMBNAIL_SIDE = 1000, 560, 240
"""Longer sides, pixels."""
PHOTO_BYTES, THUMBNAIL_BYTES = 42 * 2**20, 9 * 2**20
"""What all photos and maps, and all thumbnails, take at most together."""
MOST_EACH = 230_000
"""Bytes of one of the former: more of it is not seen on paper."""
SHOWN_MAPS = 2
"""On a photo's page; the archive has all."""
QUALITIES = (85, 75, 65, 55)
FOUND, WINDOW, SAID = (214, 0, 54), (0, 92, 184), (0, 0, 0)
"""Colours of frames, RGB: findings of a scan, windows of maps, what people marked."""
LOOK = Look()


@dataclass(frozen=True)
class ShownMap:
    """image : the map over the photo, JPEG, of (height, width) ``size``. limit : where its colours are saturated."""

    map: RecordedMap
    image: bytes
    size: tuple[int, int]
    limit: float


@dataclass(frozen=True)
class Shown:
    """A photo's pictures.

    Attributes
    ----------
    thumbnail, image : JPEG; None where the original is missing or changed, ``why`` then. image : of a finding's page.
    size : (width, height) of ``image``. maps : of a finding's page, the last ones. more_maps : that are not shown.
    """

    thumbnail: bytes | None = None
    image: bytes | None = None
    size: tuple[int, int] = (0, 0)
    maps: tuple[ShownMap, ...] = ()
    more_maps: int = 0
    why: str = ""
    left_out: tuple[RecordedMap, ...] = field(default=())


def shown_photos(subject: Subject, workers: int = 2) -> Iterator[Shown]:
    """Of each photo of the inspection, in order; a few are made ahead."""
    large = {photo.sha256 for _, photo in subject.findings}
    count = sum(1 + min(SHOWN_MAPS, len(subject.explanations.get(each, ()))) for each in large)
    most = min(MOST_EACH, PHOTO_BYTES // max(1, count))
    smallest = THUMBNAIL_BYTES // max(1, len(subject.dossier.photos))

    def make(photo: PhotoDossier) -> Shown:
        return _shown(subject, photo, most if photo.sha256 in large else 0, min(smallest, 24_000))

    with ThreadPoolExecutor(workers) as pool:
        photos = subject.dossier.photos
        ahead = [pool.submit(make, photo) for photo in photos[: 2 * workers]]
        for number in range(len(photos)):
            yield ahead.pop(0).result()
            if (following := number + 2 * workers) < len(photos):
                ahead.append(pool.submit(make, photos[following]))


def _shown(subject: Subject, photo: PhotoDossier, most: int, thumbnail_most: int) -> Shown:
    """most : bytes of a large picture; 0: none is wanted."""
    found = [recorded_map(row.said) for row in subject.explanations.get(photo.sha256, ())] if most else []
    maps = [each for each in found if each is not None]
    try:
        data = read_original(subject.store, photo.photo.said)
        small = read_small(data, photo.name, PHOTO_SIDE if most else THUMBNAIL_SIDE)
        thumbnail = jpeg(_fitted(small.rgb, THUMBNAIL_SIDE), thumbnail_most)
        if not most:
            return Shown(thumbnail)
        last = maps[-SHOWN_MAPS:]
        whole = read_photo(data, photo.name) if any(each.box is not None for each in last) else None
        shown = []
        for each in last:
            ground = small.rgb if whole is None or each.box is None else whole.window(each.box).rgb
            limit = limit_of(each.values, LOOK)
            image = overlay(display_picture(np.asarray(ground), MAP_SIDE), each.values, limit, LOOK.opacity)
            height, width = image.shape[:2]
            shown.append(ShownMap(each, jpeg(image, most), (height, width), limit))
    except CrackXAIError as error:
        return Shown(why=error.message, left_out=tuple(maps))
    image = _framed(small, photo, last)
    height, width = image.shape[:2]
    return Shown(thumbnail, jpeg(image, most), (width, height), tuple(shown), len(found) - len(shown))


def jpeg(image: Picture, most: int) -> bytes:
    """As a JPEG file of at most so many bytes: with a lower quality, then smaller."""
    while True:
        for quality in QUALITIES:
            ok, coded = cv2.imencode(
                ".jpg", np.ascontiguousarray(image[..., ::-1]), [cv2.IMWRITE_JPEG_QUALITY, quality]
            )
            if not ok:
                raise ValueError(f"expected an (H, W, 3) uint8 picture, received {image.shape} {image.dtype}")
            if len(coded) <= most:
                return bytes(coded)
        if max(image.shape) <= 64:
            return bytes(coded)
        image = _fitted(image, round(0.8 * max(image.shape[:2])))


def _fitted(rgb: Picture, longer_side: int) -> Picture:
    return rgb if max(rgb.shape[:2]) <= longer_side else np.asarray(display_picture(rgb, longer_side))


def _framed(small: SmallPhoto, photo: PhotoDossier, maps: Sequence[RecordedMap]) -> Picture:
    """The photo with numbered frames around a scan's findings, and lettered ones around windows and people's boxes."""
    image = np.array(small.rgb)
    judgement = photo.judgement
    if judgement is not None:
        for number, finding in enumerate(words.counted(judgement.said), 1):
            _frame(image, Box(**finding["box"]), small.scale, FOUND, str(number))
    for letter, each in zip("AB", maps, strict=False):
        if each.box is not None:
            _frame(image, each.box, small.scale, WINDOW, letter)
    said: tuple[Box | None, ...] = (
        *(row.said.box for row in photo.decisions),
        *(row.said.box for row in photo.sizes),
        *(row.said.box for row in photo.ratings),
    )
    boxes = dict.fromkeys(said)
    for number, box in enumerate((box for box in boxes if box is not None), 1):
        _frame(image, box, small.scale, SAID, f"P{number}")
    return image


def _frame(image: Picture, box: Box, scale: float, colour: tuple[int, int, int], label: str) -> None:
    width = max(2, round(max(image.shape[:2]) / 360))
    left, top, right, bottom = (round(scale * each) for each in (box.left, box.top, box.right, box.bottom))
    for shade, thickness in (((255, 255, 255), 2 * width + 2), (colour, width)):
        cv2.rectangle(image, (left, top), (right, bottom), shade, thickness)
    size = max(image.shape[:2]) / 1000
    (wide, high), _ = cv2.getTextSize(label, cv2.FONT_HERSHEY_SIMPLEX, size, 2)
    low = min(max(high + 10, top), image.shape[0])
    left = min(max(0, left), max(0, image.shape[1] - wide - 10))
    cv2.rectangle(image, (left, low - high - 10), (left + wide + 10, low), colour, -1)
    cv2.putText(image, label, (left + 5, low - 5), cv2.FONT_HERSHEY_SIMPLEX, size, (255, 255, 255), 2, cv2.LINE_AA)
