"""Training data of many origins."""

from __future__ import annotations

import dataclasses
import json
import shutil

import cv2
import numpy as np
import pytest

from crackxai import DataError
from crackxai.model import training
from crackxai.model.card import PEOPLE_FILE, read_card
from crackxai.model.classifier import load_model
from crackxai.model.feature_space import FEATURES_FILE
from crackxai.model.measurements import read_measurements
from crackxai.model.recipes import FINETUNE
from crackxai.model.release import measure_model, train_model
from crackxai.model.training_data import read_origins
from crackxai.render import png
from crackxai.samples import draw_samples
from tests import tiny

RECIPE = dataclasses.replace(FINETUNE, phases=((150, 1),), batch_size=4)


@pytest.fixture(scope="module")
def origins(tmp_path_factory):
    """Walls with masks in train/, val/ and test/, of which one photo is in two parts; floors in train/ and val/; slabs
    that are not divided."""
    root = tmp_path_factory.mktemp("origins")
    drawn = iter(draw_samples(60, seed=5, side=200))
    for part in ("walls/train", "walls/val", "walls/test"):
        _write(root / part, [next(drawn) for _ in range(4)], masks=True)
    for part in ("floors/train", "floors/val"):
        _write(root / part, [sample for sample in (next(drawn) for _ in range(6)) if not sample.cracked])
    _write(root / "slabs", [next(drawn) for _ in range(8)])
    again = root / "walls" / "val" / "Negative"
    copy = sorted(again.iterdir())[0]
    (root / "slabs" / "Negative" / "copy.png").write_bytes(copy.read_bytes())
    (root / "walls" / "source.json").write_text(json.dumps({"source": "Our walls", "licence": "CC0"}))
    return root


def _write(folder, samples, masks: bool = False) -> None:
    for sample in samples:
        inside = folder / ("Positive" if sample.cracked else "Negative")
        inside.mkdir(parents=True, exist_ok=True)
        (inside / f"{sample.name}.png").write_bytes(png(sample.rgb))
        if masks and sample.cracked:
            (folder / "masks").mkdir(exist_ok=True)
            mask = cv2.imencode(".png", sample.mask.astype(np.uint8) * 255)[1].tobytes()
            (folder / "masks" / f"{sample.name}.png").write_bytes(mask)


def test_parts_are_kept_apart_and_copies_are_not_trained_on(origins):
    data = read_origins([origins], RECIPE, seed=0)
    assert len(data.train) == 4 + 3 + (9 - 1 - 2)  # one copy is dropped, two of the slabs are held out
    assert [twin.second.name for twin in data.duplicates] == ["copy.png"]
    assert [windows.name for windows, _ in data.origins["validation"]] == ["floors", "slabs", "walls"]
    assert [windows.name for windows, _ in data.origins["test"]] == ["walls"]
    assert data.weights is not None
    assert len(data.weights) == len(data.validation)
    assert data.facts["origin walls"].startswith("Our walls (CC0): train 2 cracked, 2 sound photos")
    assert data.described.shape[1:] == (150, 150, 3)


def test_an_origin_is_left_out_of_everything(origins):
    data = read_origins([origins], RECIPE, seed=0, without=["slabs"], pictures=12)
    assert len(data.train) == 12
    assert [windows.name for windows, _ in data.origins["validation"]] == ["floors", "walls"]
    with pytest.raises(DataError, match="names of floors, slabs, walls, received roofs"):
        read_origins([origins], RECIPE, seed=0, without=["roofs"])
    with pytest.raises(DataError, match="names of floors, slabs, walls, received roofs"):
        read_origins([origins], RECIPE, seed=0, shares={"roofs": 2})


def test_both_labels_are_needed_to_choose_a_threshold(origins):
    with pytest.raises(DataError, match="val/, received not both"):
        read_origins([origins / "floors"], RECIPE, seed=0)


def test_a_model_of_origins_tells_its_figures_by_origin(origins, tmp_path, monkeypatch):
    monkeypatch.setattr(training, "RESNET50", tiny.NETWORK)
    data = read_origins([origins], RECIPE, seed=0, pictures=8)
    release = train_model(data, tmp_path, RECIPE, None, 0, "walls and floors", "python -m crackxai train origins")
    card = read_card(tmp_path)
    assert [origin["name"] for origin in card.origins["validation"]] == ["floors", "slabs", "walls"]
    assert card.origins["test"][0]["recall"]["windows"] == sum(data.test.labels)
    assert card.figures["validation"]["photos"] == len(data.validation)
    assert [origin.as_dict() for origin in release.origins["validation"]] == card.origins["validation"]
    words = (tmp_path / PEOPLE_FILE).read_text("utf-8")
    for fact in ("By origin, validation", "| floors |", "**worst**", "**mean**", "Our walls (CC0)"):
        assert fact in words
    measurements = read_measurements(tmp_path)
    assert len(measurements.scores["validation"].probabilities) == len(data.validation)
    assert measurements.training is not None
    assert measurements.features is not None
    assert measurements.features.prototypes.shape[1] == tiny.NETWORK.features


def test_measuring_adds_the_features_of_a_model_of_an_earlier_version(tiny_folder, tmp_path, origins):
    folder = shutil.copytree(tiny_folder, tmp_path / "model")
    (folder / FEATURES_FILE).unlink(missing_ok=True)
    data = read_origins([origins], RECIPE, seed=0)
    exact, fast = (load_model(folder, precision) for precision in ("exact", "fast"))
    parts = {"validation": data.validation}
    measured = measure_model(folder, parts, data.described, exact, fast, lambda photos: {}, data.weights)
    assert measured.fast is not None
    if fast.computed_in == exact.computed_in:
        # A processor without bfloat16 has nothing to tell: what another one measured stays.
        assert measured.fast == exact.measurements.fast
    else:
        assert measured.fast.photos == len(data.validation)
    again = load_model(folder).measurements.features
    assert again is not None
    _, features = exact.predict_with_features(data.validation.images)
    doubted = again.distance(features) > again.limit
    assert doubted @ data.weights <= 0.02
    # The limit is as tight as that allows: half of it would doubt more.
    assert (again.distance(features) > again.limit / 2) @ data.weights > 0.02
