"""Recipes and their schedules."""

from __future__ import annotations

import dataclasses

import pytest

from crackxai import SettingsError
from crackxai.model import augment
from crackxai.model.recipes import FINETUNE, NOTEBOOK, SCRATCH
from crackxai.model.training import Schedule


def test_the_notebook_to_the_letter():
    assert NOTEBOOK.phases == ((150, 3),)
    assert (NOTEBOOK.batch_size, NOTEBOOK.learning_rate, NOTEBOOK.validation_fraction) == (64, 1e-3, 0.01)
    assert (NOTEBOOK.weight_decay, NOTEBOOK.label_smoothing, NOTEBOOK.trainable_backbone) == (None, 0.0, False)
    assert {NOTEBOOK.rate(step, 9) for step in range(9)} == {1e-3}


def test_each_recipe_has_its_augmentation():
    assert NOTEBOOK.augmenter(150) is augment.notebook
    for recipe, strength in ((SCRATCH, 1.0), (FINETUNE, 0.5)):
        chosen = recipe.augmenter(64)
        assert (chosen.func, chosen.keywords) == (augment.scratch, {"side": 64, "strength": strength})


def test_warm_up_then_half_cosine():
    recipe = dataclasses.replace(SCRATCH, warm_up=0.1, learning_rate=1.0)
    rates = [recipe.rate(step, 100) for step in range(100)]
    assert rates[:10] == pytest.approx([0.1 * (i + 1) for i in range(10)])
    assert rates[10] == 1.0
    assert rates[55] == pytest.approx(0.5)
    assert 0 < rates[99] < 0.001
    assert rates[10:] == sorted(rates[10:], reverse=True)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"phases": ()}, "phases"),
        ({"phases": ((16, 1), (150, 1))}, "at least 32"),
        ({"phases": ((64, 0), (150, 1))}, "more than 0"),
        ({"batch_size": 1}, "at least 2"),
        ({"learning_rate": 0.0}, "learning rate"),
        ({"validation_fraction": 1.0}, "fraction"),
    ],
)
def test_wrong_settings_name_the_range(changes, words):
    with pytest.raises(SettingsError, match=words):
        dataclasses.replace(SCRATCH, **changes)


def test_schedule_of_whole_and_partial_epochs():
    recipe = dataclasses.replace(SCRATCH, phases=((64, 2), (96, 1.5), (150, 0.2)), batch_size=10)
    schedule = Schedule(recipe, 100)
    assert schedule.steps == 20 + 15 + 2
    starts = [(schedule.at(step).epoch, schedule.at(step).side, schedule.at(step).batch) for step in (0, 9, 10, 20, 30)]
    assert starts == [(0, 64, 0), (0, 64, 9), (1, 64, 0), (2, 96, 0), (3, 96, 0)]
    assert (schedule.at(34).batch, schedule.at(34).last) == (4, 35)
    assert (schedule.at(36).epoch, schedule.at(36).side, schedule.at(36).last) == (4, 150, 37)
