"""What every region tree keeps, and that a tree that is only registered is served everywhere."""

from __future__ import annotations

import itertools
import json
import math
import random

import numpy as np
import pytest

from crackxai import ExplainSettings, SettingsError, explain
from crackxai.arguments import parse
from crackxai.commands.explain import explain as explain_command
from crackxai.explain.methods import METHODS
from crackxai.explain.owen import OwenRun
from crackxai.explain.regions import PREFERRED, REGIONS, USUAL, RegionsEntry
from crackxai.explain.verify import Outcome, verify
from crackxai.inspection import wording
from crackxai.render import caption
from crackxai.samples import draw_samples
from crackxai.texts import LANGUAGES, Texts, catalogue
from crackxai.ui import compare_page, links
from crackxai.ui.state import RunKey
from tests.explain.test_record import changed

RNG = np.random.default_rng(0)
PICTURES = {
    "noise": RNG.integers(0, 256, (13, 9, 3)).astype(np.uint8),
    "plain": np.full((8, 12, 3), 90, dtype=np.uint8),
    "pixel": np.full((1, 1, 3), 7, dtype=np.uint8),
    "row": RNG.integers(0, 256, (1, 7, 3)).astype(np.uint8),
    "column": RNG.integers(0, 256, (6, 1, 3)).astype(np.uint8),
    "drawn": next(draw_samples(1, seed=3, side=40)).rgb,
}
each_tree = pytest.mark.parametrize("name", REGIONS)
each_picture = pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)


def walk(tree, node):
    yield node
    for half in tree.halves(node) or ():
        yield from walk(tree, half)


def covered(tree, node) -> np.ndarray:
    """(H, W, C) bool: what the node shows, of every channel."""
    mask = tree.masks([(node, None)])[0]
    return mask if mask.ndim == 3 else np.repeat(mask[..., None], 3, axis=2)


@each_tree
@each_picture
def test_the_root_is_all_and_halves_part_their_group(name, picture):
    tree = REGIONS[name].make(picture)
    assert covered(tree, tree.root).shape == picture.shape
    assert covered(tree, tree.root).all()
    assert not tree.masks([None]).any()
    leaves = np.zeros(picture.shape, dtype=int)
    for node in walk(tree, tree.root):
        both = tree.halves(node)
        if both is None:
            leaves += covered(tree, node)
            continue
        a, b = (covered(tree, half) for half in both)
        assert a.any()
        assert b.any()
        assert not (a & b).any()
        np.testing.assert_array_equal(a | b, covered(tree, node))
    assert (leaves == 1).all()


@each_tree
@each_picture
def test_masks_of_coalitions_are_unions_and_credit_goes_where_the_mask_is(name, picture):
    tree = REGIONS[name].make(picture)
    nodes = list(itertools.islice(walk(tree, tree.root), 60))
    for node in random.Random(0).sample(nodes, min(8, len(nodes))):
        spread = tree.spread([(node, 3.0), (tree.root, 1.0)])
        assert spread.shape == picture.shape
        assert spread.dtype == np.float64
        shown = covered(tree, node)
        np.testing.assert_allclose(spread, 3 * shown / shown.sum() + 1 / picture.size, rtol=1e-12)
        if both := tree.halves(node):
            union = tree.masks([(both[0], (both[1], None))])
            np.testing.assert_array_equal(union, tree.masks([(node, None)]))
    assert tree.spread([]).tolist() == np.zeros(picture.shape).tolist()
    assert tree.masks([]).shape[0] == 0


@each_tree
@each_picture
def test_the_same_picture_has_the_same_tree(name, picture):
    tree, again = (REGIONS[name].make(picture.copy()) for _ in range(2))
    assert list(walk(tree, tree.root)) == list(walk(again, again.root))
    assert tree.fingerprint == again.fingerprint
    assert tree.nbytes == again.nbytes >= 0


def joins(tree, node) -> list[tuple]:
    """All orders in which the leaves join when groups join as wholes."""
    both = tree.halves(node)
    if both is None:
        return [(node,)]
    a, b = (joins(tree, half) for half in both)
    return [x + y for first, second in ((a, b), (b, a)) for x in first for y in second]


@each_tree
@pytest.mark.parametrize("shape", [(1, 2, 3), (2, 3, 3)])
def test_exact_owen_values_against_all_orders_of_joining(name, shape):
    tree = REGIONS[name].make(np.random.default_rng(4).integers(0, 256, shape).astype(np.uint8))
    leaves = sum(tree.halves(node) is None for node in walk(tree, tree.root))
    if leaves > 6:
        pytest.skip("2 ** 17 orders")
    weights = np.random.default_rng(5).random(shape)

    def value(masks):
        shown = masks if masks.ndim == 4 else masks[..., None]
        sums = (shown * weights).sum(axis=(1, 2, 3))
        return np.sqrt(sums) + sums**2 * shown[:, 0, 0, 0] * shown[:, -1, -1, -1]

    run = OwenRun(value, tree, 50, 0)
    run.advance(10_000)
    assert run.exhausted
    orders = joins(tree, tree.root)
    assert len(orders) == 2 ** (leaves - 1)
    expected = np.zeros(shape)
    for order in orders:
        rest = None
        for leaf in order:
            with_it = (leaf, rest)
            gain = value(tree.masks([with_it]))[0] - value(tree.masks([rest]))[0]
            expected += gain / len(orders) * tree.spread([(leaf, 1.0)])
            rest = with_it
    np.testing.assert_allclose(run.values(), expected, atol=1e-12)


@each_tree
@pytest.mark.parametrize("masker", ["inpaint_telea", "blur"])
def test_the_values_add_up_at_every_budget(tiny_model, photo, name, masker):
    settings = ExplainSettings(masker, max_evals=150, regions=name)
    result = explain(tiny_model, photo, settings)
    assert result.channel_values.shape == result.picture.shape
    for budget in (50, 51, 100, 150):
        alone = explain(tiny_model, photo, ExplainSettings(masker, max_evals=budget, regions=name))
        assert math.isclose(alone.values.sum(), alone.probability - alone.base_value, abs_tol=1e-5)
    record = json.loads(result.to_json())
    assert record["settings"]["regions"] == name
    assert verify(record, tiny_model, photo).outcome is Outcome.IDENTICAL


def test_the_usual_tree_is_shaps():
    assert USUAL == ExplainSettings().regions == "grid"
    assert PREFERRED in REGIONS


def test_trees_are_runs_of_their_own(tiny_model, photo):
    keys = {RunKey.of(tiny_model, photo, ExplainSettings(regions=name)) for name in REGIONS}
    assert len(keys) == len(REGIONS)
    assert ExplainSettings(regions="picture").slug == "inpaint_telea-picture"
    assert ExplainSettings().slug == "inpaint_telea"


def test_a_record_of_a_tree_of_the_picture_tells_its_fingerprint(tiny_model, photo):
    result = explain(tiny_model, photo, ExplainSettings("blur", max_evals=60, regions="picture"))
    record = json.loads(result.to_json())
    assert record["regions_sha256"] == result.regions_sha256
    for forged in (changed(record, "regions_sha256", "0" * 64), changed(record, "regions_sha256", ...)):
        found = verify(forged, tiny_model, photo)
        assert found.outcome is Outcome.DIFFERENT
        assert found.differences[0].startswith("regions_sha256: recorded ")
    with pytest.raises(SettingsError, match="SHA-256 of 64 hexadecimal digits as regions_sha256"):
        verify(record | {"regions_sha256": "none"}, tiny_model, photo)


def test_a_record_that_names_no_regions_is_of_the_grid(tiny_model, photo):
    record = json.loads(explain(tiny_model, photo, ExplainSettings("blur", max_evals=60)).to_json())
    assert "regions_sha256" not in record
    assert verify(changed(record, "settings.regions", ...), tiny_model, photo).outcome is Outcome.IDENTICAL


@pytest.mark.parametrize("name", ["Grid", "", None, 1, ["grid"]])
def test_unknown_trees(name):
    with pytest.raises(SettingsError, match="regions to be one of grid, picture, received"):
        ExplainSettings(regions=name)


def test_a_tree_that_is_only_registered_is_served_everywhere(tiny_model, photo, monkeypatch):
    entry = RegionsEntry("rows", "in rows", "rows of the grid", REGIONS["grid"].make)
    monkeypatch.setitem(REGIONS, "rows", entry)
    settings = ExplainSettings("mean", max_evals=60, regions="rows")
    result = explain(tiny_model, photo, settings)
    assert caption(result) == "Mean, in rows, 60 evaluations"
    args = parse(["explain", "x.jpg", "--masker", "mean", "--max-evals", "60", "--regions", "rows"], explain_command)
    assert METHODS[args.method].make_settings(vars(args)) == settings
    assert "rows" in links.allowed()["regions"]
    assert compare_page._with(ExplainSettings("mean"), 60, "rows") == settings


def test_others_than_the_usual_are_named():
    t = Texts("en")
    assert wording.masker_name(t, ExplainSettings("blur", 9)) == "Blur 9"
    assert wording.masker_name(t, ExplainSettings("blur", 9, regions="picture")) == "Blur 9 (follows the picture)"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_tree_has_its_texts(language):
    for name, entry in REGIONS.items():
        assert entry.name == name
        assert entry.about.isascii()  # the command line's help is read on every terminal
        assert {f"regions.{name}", f"regions-words.{name}"} <= catalogue(language).keys()
