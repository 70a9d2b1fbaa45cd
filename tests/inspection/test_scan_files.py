import csv
import io
import json

import numpy as np
import pytest

from crackxai import Box
from crackxai.inspection.scan_files import as_csv, as_json, as_npz, explained_picture, heat_picture, picture
from crackxai.inspection.scanner import scan
from crackxai.model.dataset import resize
from tests.fakes import FakeModel
from tests.inspection.test_scan import CRACK, SIDE, WALL, looks_for_dark, wall


@pytest.fixture(scope="module")
def cracked():
    photo = wall(CRACK, (slice(800, 1000), slice(0, 1400)))  # and a dark strip below, which is no crack but a doubt
    model = FakeModel(looks_for_dark, lambda photo: resize(photo, SIDE), (SIDE, SIDE))
    return photo, scan(model, photo)


def test_a_row_a_finding(cracked):
    _, found = cracked
    rows = list(csv.DictReader(io.StringIO(as_csv(found))))
    assert len(rows) == len(found.findings)
    first, best = rows[0], found.findings[0]
    assert float(first["score"]) == pytest.approx(best.score, abs=1e-4)
    assert [int(first[side]) for side in ("top", "bottom", "left", "right")] == list(best.box.as_dict().values())
    assert first["weak"] == "no"


def test_the_archive_has_the_heat_of_all_scales(cracked):
    _, found = cracked
    with np.load(io.BytesIO(as_npz(found))) as archive:
        np.testing.assert_array_equal(archive["heat"], found.heat)
        assert archive["cell"] == found.cell
        np.testing.assert_array_equal(archive["heat_1.5"], found.heats[1.5])
        assert json.loads(str(archive["record"])) == json.loads(as_json(found))


def test_the_picture_is_red_on_the_crack_and_grey_or_blue_elsewhere(cracked):
    photo, found = cracked
    image = picture(photo, found)
    assert image.shape[1] == 1600
    scale = image.shape[1] / photo.rgb.shape[1]

    def reddest(y: int, x: int) -> float:
        around = image[int(y * scale) - 4 : int(y * scale) + 4, int(x * scale) - 4 : int(x * scale) + 4]
        return float(around[..., 0].astype(int).mean() - around[..., 2].mean())

    assert reddest(540, 700) > 30
    assert reddest(150, 700) < 0


def test_the_heat_picture_is_the_photo_where_no_crack_is_seen(cracked):
    photo, found = cracked
    image = heat_picture(photo, found).astype(int)
    assert image.shape == (1143, 1600, 3)
    scale = 1600 / 1400

    def colour(y: int, x: int) -> np.ndarray:
        return image[int(y * scale) - 6 : int(y * scale) + 6, int(x * scale) - 6 : int(x * scale) + 6].mean(axis=(0, 1))

    assert colour(540, 700)[0] - colour(540, 700)[2] > 60
    sound = colour(150, 700)
    assert np.ptp(sound) < 4
    assert sound.mean() == pytest.approx(WALL, abs=6)  # as bright as the wall
    rows, columns = (found.findings[0].box.top * scale, found.findings[0].box.left * scale)
    rim = image[int(rows) - 3 : int(rows) + 4, int(columns) + 80 : int(columns) + 300]
    assert (rim.max(axis=(0, 2)) > 230).mean() > 0.9  # its box, but for where another one crosses it


def test_maps_lie_at_their_places_on_one_scale():
    photo = wall()
    strong, weak = np.full((150, 150), 2e-3, dtype=np.float32), np.full((150, 150), -1e-3, dtype=np.float32)
    image = explained_picture(photo, [(Box(0, 300, 0, 300), strong), (Box(700, 1000, 1100, 1400), weak)]).astype(int)
    scale = image.shape[1] / 1400

    def colour(y: int, x: int) -> np.ndarray:
        return image[int(y * scale) - 9 : int(y * scale) + 9, int(x * scale) - 9 : int(x * scale) + 9].mean(axis=(0, 1))

    raised, lowered, between = colour(150, 150), colour(850, 1250), colour(500, 700)
    assert raised[0] - raised[2] > 100
    assert 0 < lowered[2] - lowered[0] < raised[0] - raised[2]  # half as strong on the same scale
    assert np.ptp(between) < 2  # grey: nothing is said there


def test_maps_over_each_other_are_averaged():
    photo = wall()
    one, other = np.full((150, 150), 1e-3, dtype=np.float32), np.full((150, 150), -1e-3, dtype=np.float32)
    box = Box(0, 300, 0, 300)
    image = explained_picture(photo, [(box, one), (box, other)]).astype(int)
    assert np.ptp(image[50:300, 50:300], axis=-1).max() < 3


def test_what_was_not_examined_is_hatched():
    photo = wall((slice(0, 1000), slice(0, 900)))
    blind = FakeModel(lambda images: np.full(len(images), 0.03), lambda photo: resize(photo, SIDE), (SIDE, SIDE))
    found = scan(blind, photo)
    assert np.isnan(found.heat).any()
    image = picture(photo, found)
    assert (image[100:200, 100:200] == 255).all(axis=-1).mean() > 0.1  # white lines on black
    assert not (image[100:200, 1400:1500] == 255).all(axis=-1).any()
