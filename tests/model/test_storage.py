"""Weights on disk."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from crackxai import ModelError
from crackxai.model.storage import arrays_of, fingerprint, load_weights, save_weights
from tests import tiny


@pytest.fixture
def saved(tmp_path):
    net = tiny.net(seed=1)
    path = tmp_path / "weights.npz"
    save_weights(net, path)
    return net, path


def test_round_trip_keeps_float16_kernels_and_exact_vectors(saved):
    net, path = saved
    other = tiny.net(seed=2)
    load_weights(other, path)
    for a, b in zip(net.variables, other.variables, strict=True):
        expected = a.numpy().astype(np.float16).astype(np.float32) if len(a.shape) > 1 else a.numpy()
        np.testing.assert_array_equal(b.numpy(), expected)


def test_fingerprint_tells_models_apart(saved):
    _, path = saved
    a, b = tiny.net(seed=3), tiny.net(seed=4)
    assert fingerprint(arrays_of(a), tiny.NETWORK) != fingerprint(arrays_of(b), tiny.NETWORK)
    load_weights(a, path)
    load_weights(b, path)
    assert fingerprint(arrays_of(a), tiny.NETWORK) == fingerprint(arrays_of(b), tiny.NETWORK)
    assert fingerprint(arrays_of(a), tiny.NETWORK) != fingerprint(arrays_of(a), replace(tiny.NETWORK, input_side=128))
    head = b.get_layer("crack").bias
    head.assign(np.nextafter(head.numpy(), np.float32(9)))
    assert fingerprint(arrays_of(a), tiny.NETWORK) != fingerprint(arrays_of(b), tiny.NETWORK)
    assert len(fingerprint(arrays_of(a), tiny.NETWORK)) == 64


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e6])
def test_weights_that_float16_cannot_hold_are_not_written(tmp_path, value):
    net = tiny.net()
    kernel = net.get_layer("crack").kernel
    kernel.assign(np.full(kernel.shape, value, np.float32))
    with pytest.raises(ModelError, match="finite weights"):
        save_weights(net, tmp_path / "w.npz")
    assert not (tmp_path / "w.npz").exists()


def test_a_missing_file(tmp_path):
    with pytest.raises(ModelError, match="received none"):
        load_weights(tiny.net(), tmp_path / "none.npz")


def test_damage_anywhere_is_noticed(saved):
    net, path = saved
    data = path.read_bytes()
    rng = np.random.default_rng(0)
    for at in [*rng.integers(0, len(data), 60), 0, len(data) // 2]:
        broken = bytearray(data)
        broken[at] ^= 0xFF
        path.write_bytes(bytes(broken))
        before = tiny.net(seed=1)
        try:
            load_weights(before, path)
        except ModelError:
            continue
        # A bit that carries nothing, such as a time stamp in the archive: then the weights must be the right ones.
        for a, b in zip(net.variables, before.variables, strict=True):
            np.testing.assert_allclose(a.numpy(), b.numpy(), atol=1e-3)
    for cut in range(0, len(data), len(data) // 20):
        path.write_bytes(data[:cut])
        with pytest.raises(ModelError):
            load_weights(net, path)


def write_npy(path):
    with path.open("wb") as file:
        np.save(file, np.zeros(3))


def test_foreign_files(saved, tmp_path):
    net, path = saved
    for write in (
        lambda: path.write_bytes(b"PK\3\4 but no archive"),
        lambda: np.savez(path, other=np.zeros(3)),
        lambda: write_npy(path),
        lambda: np.savez(path, **{v.path: np.zeros((2, 2)) for v in net.variables}),
        lambda: np.savez(path, **{v.path: np.full(v.shape, np.nan) for v in net.variables}),
        lambda: np.savez(path, **{v.path: np.full(v.shape, -1.0) for v in net.variables}),
    ):
        write()
        with pytest.raises(ModelError):
            load_weights(net, path)


def test_pickled_code_is_not_run(saved):
    net, path = saved

    class Bomb:
        def __reduce__(self):
            return (path.with_name("ran").write_text, ("boom",))

    np.savez(path, **{v.path: np.array([Bomb()], dtype=object) for v in net.variables})
    with pytest.raises(ModelError, match="damaged or foreign"):
        load_weights(net, path)
    assert not path.with_name("ran").exists()
