"""Origins: folders of labelled photos, some with masks."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest

from crackxai import DataError
from crackxai.model.origins import LARGEST, find_origins, read_part
from crackxai.render import png


def write_photos(folder, positive: int = 0, negative: int = 0, size=(60, 80), masks: bool = False):
    """Grey photos; the cracked ones with a black line down the middle."""
    for name, count in (("Positive", positive), ("Negative", negative)):
        for i in range(count):
            picture = np.full((*size, 3), 120 + i, np.uint8)
            if name == "Positive":
                picture[:, size[1] // 2 - 2 : size[1] // 2 + 2] = 20
            (folder / name).mkdir(parents=True, exist_ok=True)
            (folder / name / f"{i:03}.png").write_bytes(png(picture))
            if masks and name == "Positive":
                (folder / "masks").mkdir(exist_ok=True)
                mask = np.where(picture[..., 0] < 60, 255, 0).astype(np.uint8)
                (folder / "masks" / f"{i:03}.png").write_bytes(cv2.imencode(".png", mask)[1].tobytes())
    return folder


def test_a_folder_of_origins_and_an_origin_itself(tmp_path):
    write_photos(tmp_path / "all" / "walls" / "train", 1, 1)
    write_photos(tmp_path / "all" / "walls" / "val", 1, 1)
    write_photos(tmp_path / "all" / "floors", 0, 1)
    (tmp_path / "all" / "notes").mkdir()
    write_photos(tmp_path / "one" / "test", 1, 1)
    found = find_origins([tmp_path / "all", tmp_path / "one"])
    assert [(origin.name, list(origin.parts)) for origin in found] == [
        ("floors", [""]),
        ("walls", ["train", "val"]),
        ("one", ["test"]),
    ]


def test_no_origin_and_twice_the_same_name(tmp_path):
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(DataError, match="received none"):
            find_origins([folder])
    write_photos(tmp_path / "a" / "walls", 1, 1)
    write_photos(tmp_path / "b" / "walls", 1, 1)
    with pytest.raises(DataError, match="received walls twice"):
        find_origins([tmp_path / "a", tmp_path / "b"])


def test_source_and_licence(tmp_path):
    write_photos(tmp_path / "walls", 1, 1)
    (tmp_path / "walls" / "source.json").write_text(json.dumps({"source": "Our walls", "licence": "CC0"}))
    (origin,) = find_origins([tmp_path / "walls"])
    assert (origin.source, origin.licence) == ("Our walls", "CC0")
    (tmp_path / "walls" / "source.json").write_text("{}")
    with pytest.raises(DataError, match=r"source\.json: expected"):
        find_origins([tmp_path / "walls"])


def test_photos_keep_their_size_and_masks_their_pixels(tmp_path):
    part = read_part("walls", write_photos(tmp_path, 1, 2, masks=True))
    assert [(photo.label, photo.rgb.shape) for photo in part.photos] == [(0, (60, 80, 3))] * 2 + [(1, (60, 80, 3))]
    mask = part.photos[-1].mask
    assert mask is not None
    assert sorted(set(mask.points[:, 0].tolist())) == [38, 39, 40, 41]
    assert part.windowed


def test_one_cracked_photo_without_a_mask_and_none_is_windowed(tmp_path):
    write_photos(tmp_path, 2, 1, masks=True)
    (tmp_path / "masks" / "001.png").unlink()
    assert not read_part("walls", tmp_path).windowed


def test_large_photos_are_shrunk_with_their_masks(tmp_path):
    part = read_part("walls", write_photos(tmp_path, 1, 0, size=(400, 2 * LARGEST), masks=True))
    (photo,) = part.photos
    assert photo.rgb.shape == (200, LARGEST, 3)
    assert photo.mask is not None
    assert sorted(set(photo.mask.points[:, 0].tolist())) == [LARGEST // 2 - 1, LARGEST // 2]


def test_masks_that_do_not_fit(tmp_path):
    write_photos(tmp_path, 1, 1, masks=True)
    (tmp_path / "masks" / "000.png").write_bytes(cv2.imencode(".png", np.zeros((5, 6), np.uint8))[1].tobytes())
    with pytest.raises(DataError, match="size 80 x 60, received 6 x 5"):
        read_part("walls", tmp_path)
    for damaged in (b"", b"no picture"):
        (tmp_path / "masks" / "000.png").write_bytes(damaged)
        with pytest.raises(DataError, match="damaged"):
            read_part("walls", tmp_path)
    (tmp_path / "masks" / "000.png").rename(tmp_path / "masks" / "stranger.png")
    with pytest.raises(DataError, match="none for stranger"):
        read_part("walls", tmp_path)


def test_unreadable_photos_are_listed(tmp_path):
    write_photos(tmp_path, 1, 1)
    (tmp_path / "Negative" / "bad.jpg").write_bytes(b"no photo")
    part = read_part("walls", tmp_path)
    assert len(part.photos) == 2
    assert [path.name for path, _ in part.unreadable] == ["bad.jpg"]
    for photo in part.photos:
        photo.path.unlink()
    with pytest.raises(DataError, match="received none of 1 files"):
        read_part("walls", tmp_path)
