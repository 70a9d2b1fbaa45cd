import keras
import numpy as np
import pytest

from crackxai import ModelError, SettingsError
from crackxai.model.averaging import BATCH, averaged, settle_batch_norm
from crackxai.model.card import read_card, write_card
from crackxai.model.network import ResNet, Stage
from crackxai.model.storage import WEIGHTS_FILE, save_weights
from tests import tiny


def folder_of(path, network=tiny.NETWORK, seed=0):
    path.mkdir()
    net = tiny.net(network, seed)
    save_weights(net, path / WEIGHTS_FILE)
    write_card(tiny.card(network), path)
    return path


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("models")
    return [folder_of(root / str(seed), seed=seed) for seed in (1, 2)]


def weights(folder):
    return {name: value.astype(np.float64) for name, value in np.load(folder / WEIGHTS_FILE).items()}


def test_each_weight_is_the_mean_by_shares(folders):
    net = averaged(folders, [3, 1])
    first, second = map(weights, folders)
    for variable in net.variables:
        expected = 0.75 * first[variable.path] + 0.25 * second[variable.path]
        np.testing.assert_allclose(np.asarray(variable), expected, rtol=1e-5, atol=1e-6)


def test_a_model_with_itself_stays_as_it_is(folders):
    net = averaged([folders[0], folders[0]], [0.2, 0.5])
    for variable in net.variables:
        np.testing.assert_allclose(np.asarray(variable), weights(folders[0])[variable.path], rtol=1e-6)


@pytest.mark.parametrize("shares", [[1.0], [1.0, 0.0], [1.0, -1.0], [1.0, 2.0, 3.0], [1.0, float("nan")]])
def test_shares_that_make_no_mean_are_refused(folders, shares):
    with pytest.raises(SettingsError, match="positive share for each"):
        averaged(folders, shares)


def test_one_model_makes_no_mean(folders):
    with pytest.raises(SettingsError, match="at least 2 models"):
        averaged(folders[:1], [1.0])


def test_other_networks_are_refused(folders, tmp_path):
    other = folder_of(tmp_path / "other", ResNet((Stage(4, 1, 1), Stage(8, 1, 2)), stem_filters=8))
    with pytest.raises(ModelError, match="models of one network"):
        averaged([folders[0], other], [1, 1])


def test_statistics_are_the_means_over_the_batches():
    """The first convolution's output, computed apart: mean over pictures, and mean of the batches' variances."""
    net = tiny.net(seed=3)
    images = np.random.default_rng(0).integers(0, 256, (2 * BATCH + 5, 40, 40, 3), dtype=np.uint8)
    net = tiny.net(seed=3, any_side=True)
    momentum = net.get_layer("conv1_bn").momentum
    settle_batch_norm(net, tiny.NETWORK.preprocessing, images)
    before = keras.Model(net.input, net.get_layer("conv1_bn").input)
    seen = [
        np.asarray(before(tiny.NETWORK.preprocessing(images[start : start + BATCH]))) for start in (0, BATCH)
    ]  # fmt: skip
    layer = net.get_layer("conv1_bn")
    mean = np.mean([each.mean(axis=(0, 1, 2)) for each in seen], axis=0)
    variance = np.mean([each.var(axis=(0, 1, 2)) for each in seen], axis=0)
    np.testing.assert_allclose(layer.moving_mean, mean, rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(layer.moving_variance, variance, rtol=1e-3)
    assert layer.momentum == momentum


def test_too_few_pictures_for_statistics():
    with pytest.raises(SettingsError, match=f"at least {BATCH} pictures"):
        settle_batch_norm(tiny.net(any_side=True), tiny.NETWORK.preprocessing, np.zeros((3, 40, 40, 3), np.uint8))


def test_the_command_makes_a_model_of_two(folders, tmp_path, capsys):
    from crackxai.cli import FAILED, OK, main
    from crackxai.samples.training_set import write_hard

    write_hard(tmp_path / "drawn", 24, 0)
    out = tmp_path / "out"
    command = ["average", str(tmp_path / "drawn"), "--models", *map(str, folders), "--out", str(out), "--refit", "80"]
    assert main([*command, "--shares", "2", "1", "--name", "Two as one"]) == OK
    assert f"model written to {out}" in capsys.readouterr().out
    card = read_card(out)
    assert card.name == "Two as one"
    assert card.recipe["weights"] == f"2 of {folders[0]}, 1 of {folders[1]}"
    # What made the first model comes first; that of the second is the same here, and is told once.
    assert card.command.splitlines()[0] == "python -m crackxai train"
    assert card.command.splitlines()[1].startswith("python -m crackxai average ")
    assert "the mean of their weights" in (out / "MODEL_CARD.md").read_text("utf-8")
    assert main(["predict", str(next((tmp_path / "drawn" / "Positive").iterdir())), "--model", str(out)]) == OK
    # What is there is not written over.
    assert main(command) == FAILED
    assert "--force" in capsys.readouterr().err
