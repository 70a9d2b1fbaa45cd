"""Hiding a map's parts in its order: by hand on a model that adds up pixels, and on the tiny one."""

from __future__ import annotations

import dataclasses
import json
import threading

import numpy as np
import pytest

from crackxai import Cancelled, ExplainSettings, Explanation, SettingsError, explain
from crackxai.explain.faithfulness import (
    FaithfulnessSettings,
    FaithfulnessTest,
    faithfulness,
    other_fill,
    own_fill,
)
from crackxai.explain.maskers import MaskerSettings
from tests.fakes import FakeModel

SIDE = 10
"""Of the pictures here, pixels: a pixel is one hundredth of the area."""


def picture(background: int, bright: int = 255) -> np.ndarray:
    """One row of ten bright pixels on a ground."""
    made = np.full((SIDE, SIDE, 3), background, dtype=np.uint8)
    made[4] = bright
    return made


def by_brightness(images: np.ndarray) -> np.ndarray:
    """The share of pixels of the fifth row that are brighter than 200."""
    return (images[:, 4, :, 0] > 200).mean(axis=1)


@pytest.fixture
def bright(explanation) -> tuple[FakeModel, Explanation]:
    """A model that answers by the bright row, and a map that points at each of its pixels, from left to right."""
    values = np.zeros((SIDE, SIDE, 3), dtype=np.float32)
    values[4, :, 0] = np.arange(SIDE, 0, -1)
    values[5:, :, 0] = -1 - np.arange(50).reshape(5, 10)
    model = FakeModel(by_brightness, picture(50), (SIDE, SIDE))
    made = dataclasses.replace(
        explanation,
        channel_values=values,
        picture=picture(50),
        probability=1.0,
        base_value=0.0,
        settings=ExplainSettings("mean"),
        model_fingerprint="",
    )
    return model, made


def test_deletion_and_insertion_by_hand(bright):
    """The mean colour, 70, is not bright: each hidden pixel of the row takes a tenth, in the map's order."""
    found = faithfulness(*bright)
    assert found.complete
    assert found.cracked
    own = found.own
    # Regions: ten pixels of the row, forty pixels of 0, fifty of their own below.
    shares = (0, 0.02, 0.05, 0.1, 0.5, 0.65, 0.8, 0.9, 0.95, 0.98, 1)
    assert own.deletion.shares == pytest.approx(shares)
    assert own.deletion.probabilities == pytest.approx((1, 0.8, 0.5, 0, 0, 0, 0, 0, 0, 0, 0))
    assert own.insertion.shares == pytest.approx(shares)
    assert own.insertion.probabilities == pytest.approx((0, 0.2, 0.5, 1, 1, 1, 1, 1, 1, 1, 1))
    assert own.deletion.area() == pytest.approx(0.02 * 0.9 + 0.03 * 0.65 + 0.05 * 0.25)
    assert own.insertion.area() == pytest.approx(1 - own.deletion.area())
    assert (found.tenth.share, found.tenth.before, found.tenth.after) == pytest.approx((0.1, 1, 0))


def test_random_orders_hide_regions_too(bright):
    found = faithfulness(*bright)
    assert len(found.own.random) == len(found.tenth.random) == 20
    for curve in found.own.random:
        assert (curve.shares[0], curve.shares[-1]) == (0, 1)
        assert (curve.probabilities[0], curve.probabilities[-1]) == (1, 0)
        assert list(curve.probabilities) == sorted(curve.probabilities, reverse=True)
    for kind in ("deletion", "insertion"):
        against = found.against(found.own, kind)
        assert against.beaten == 20
        assert 0.2 < against.gain < 0.6
        # Hiding in a random order is showing in another: one set of pictures serves both.
        assert against.random == pytest.approx([curve.mirrored().area() for curve in found.own.random])
    assert found.tenth.random_mean > 0.7


def test_a_map_that_points_elsewhere_is_no_better_than_chance(bright):
    model, made = bright
    turned = dataclasses.replace(made, channel_values=-made.channel_values)
    found = faithfulness(model, turned)
    assert found.against(found.own, "deletion").gain < -0.1
    assert found.tenth.after == 1


def test_from_the_centre_outwards(bright):
    found = faithfulness(*bright)
    middle = found.own.centre_deletion
    assert middle.probabilities[0] == 1
    assert middle.probabilities[-1] == 0
    assert 0 < middle.area() < 1
    assert found.own.centre_insertion.area() > 0


def test_a_sound_photo_is_asked_the_other_way_round(explanation):
    """The row keeps the probability low; hiding it first, since it is the bluest, raises it."""
    values = np.zeros((SIDE, SIDE, 3), dtype=np.float32)
    values[4, :, 0] = -np.arange(SIDE, 0, -1)
    values[5:, :, 0] = 1 + np.arange(50).reshape(5, 10)
    model = FakeModel(lambda images: 0.9 - 0.8 * by_brightness(images), picture(50), (SIDE, SIDE))
    made = dataclasses.replace(
        explanation, channel_values=values, picture=picture(50), probability=0.1, base_value=0.9,
        settings=ExplainSettings("mean"), model_fingerprint="",
    )  # fmt: skip
    found = faithfulness(model, made)
    assert not found.cracked
    assert not found.tells_little
    assert (found.tenth.share, found.tenth.before, found.tenth.after) == pytest.approx((0.1, 0.1, 0.9))
    assert found.own.deletion.probabilities[:4] == pytest.approx((0.1, 0.26, 0.5, 0.9))
    assert found.against(found.own, "deletion").beaten == 20
    assert found.against(found.own, "insertion").beaten == 20


def test_a_fill_that_is_bright_itself_shows(bright):
    """The other fill of a map by mean colour is inpainting. On a bright ground it paints the row bright again."""
    model, made = bright
    white = dataclasses.replace(made, picture=picture(255))
    found = faithfulness(model, white)
    assert found.tells_little
    assert found.other_fill == MaskerSettings("inpaint_telea")
    assert found.other.deletion.probabilities[0] == 1
    assert found.against(found.own, "deletion").beaten == 0


def test_the_other_fill_is_another():
    assert other_fill(MaskerSettings("inpaint_telea")) == MaskerSettings("mean")
    assert other_fill(MaskerSettings("mean")) == MaskerSettings("inpaint_telea")
    assert own_fill(ExplainSettings("blur", 31, max_evals=900)) == MaskerSettings("blur", 31)


def test_a_flat_map_has_no_order(bright):
    model, made = bright
    flat = dataclasses.replace(made, channel_values=np.zeros_like(made.channel_values))
    found = faithfulness(model, flat)
    assert found.tenth is None
    assert found.own.deletion.shares == (0, 1)
    assert found.against(found.own, "deletion").gain == 0
    assert found.total == 3  # the photo, and what each fill makes of it


def test_the_tenths_are_told_first_and_curves_come_one_by_one(bright):
    test = FaithfulnessTest(*bright)
    seen = []

    def watch(evaluations: int, total: int) -> None:
        seen.append((evaluations, total, test.result()))

    test.advance(progress=watch)
    assert seen[0][:2] == (0, test.total)
    assert seen[0][2].tenth is None
    first = seen[1][2]
    assert first.evaluations == 22
    assert first.tenth is not None
    assert first.own.deletion is None
    counts = [len(result.own.random) for *_, result in seen]
    assert counts == sorted(counts)
    assert len(set(counts)) > 3
    assert seen[-1][2] == test.result()
    assert seen[-1][0] == test.total == test.result().total < 600


def test_a_stopped_test_goes_on_to_the_same_result(bright):
    whole = faithfulness(*bright)
    test = FaithfulnessTest(*bright)

    def stop(evaluations: int, total: int) -> None:
        if evaluations >= 100:
            raise Cancelled

    with pytest.raises(Cancelled):
        test.advance(progress=stop)
    assert 100 <= test.evaluations < test.total
    assert not test.result().complete
    test.advance(total=200)
    assert 200 <= test.evaluations < 300
    test.advance()
    assert test.result() == whole


def test_it_is_read_while_it_goes_on(bright):
    test = FaithfulnessTest(*bright)
    thread = threading.Thread(target=test.advance)
    thread.start()
    while thread.is_alive():
        found = test.result()
        assert found.evaluations <= found.total
        found.to_record()
    thread.join()
    assert test.result().complete


def test_no_picture_is_asked_for_twice(bright):
    model, made = bright
    asked = []
    answer = model.predict
    model.predict = lambda images: asked.extend(image.tobytes() for image in images) or answer(images)
    test = FaithfulnessTest(model, made, FaithfulnessSettings(orders=3))
    test.advance()
    assert len(asked) == test.total


def test_a_seed_and_a_number_of_orders(bright):
    few = faithfulness(*bright, FaithfulnessSettings(orders=2, seed=5))
    assert len(few.own.random) == len(few.other.random) == 2
    assert few.own.random != faithfulness(*bright, FaithfulnessSettings(orders=2, seed=6)).own.random
    with pytest.raises(SettingsError, match="orders to be a whole number from 1 to 100, received 0"):
        FaithfulnessSettings(orders=0)


def test_of_another_model(bright):
    model, made = bright
    with pytest.raises(SettingsError, match="the model that the map is of"):
        FaithfulnessTest(model, dataclasses.replace(made, model_fingerprint="ab"))


def test_a_record_of_it_is_plain_and_small(bright):
    facts = faithfulness(*bright).to_record()
    text = json.dumps(facts, allow_nan=False)
    assert len(text) < 9000
    assert facts["leans_to"] == "crack"
    assert facts["settings"] == {"other": {"masker": "inpaint_telea"}, "orders": 20, "seed": 0}
    assert facts["own_fill"]["masker"] == "mean"
    assert facts["own_fill"]["deletion"]["area"] == pytest.approx(0.05)
    assert facts["own_fill"]["deletion_better_than_chance"]["orders_beaten"] == 20
    assert len(facts["own_fill"]["random_areas"]) == 20


@pytest.mark.parametrize("masker", ["blur", "inpaint_ns"])
def test_the_map_of_a_crack_is_truer_than_chance(tiny_model, photo, masker):
    """The tiny model looks for thin dark lines, and the photo has one."""
    result = explain(tiny_model, photo, ExplainSettings(masker, 31, max_evals=500))
    found = faithfulness(tiny_model, result, FaithfulnessSettings(orders=5))
    assert found.tenth.after < found.tenth.random_mean < found.tenth.before + 0.01
    assert found.tenth.before == pytest.approx(result.probability, abs=1e-6)
    assert found.own.deletion.probabilities[-1] == pytest.approx(result.base_value, abs=1e-6)
    assert found.against(found.own, "deletion").beaten == 5
    assert found.against(found.own, "insertion").beaten == 5
