"""Weights on disk: one NumPy archive of plain arrays. Nothing in it can run."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from crackxai.errors import ModelError
from crackxai.files import written_whole
from crackxai.model.network import ResNet

if TYPE_CHECKING:
    import keras

WEIGHTS_FILE = "weights.npz"


def save_weights(net: keras.Model, path: Path) -> None:
    """Write every variable of ``net`` under its path. Raises as `save_arrays`."""
    save_arrays(arrays_of(net), path)


def save_arrays(arrays: dict[str, np.ndarray], path: Path) -> None:
    """Write arrays by name: kernels as float16, vectors as float32.

    Vectors (biases and batch normalisation) are 0.5 % of the numbers, and a variance of activations in the
    hundreds can exceed float16's 65,504.

    Raises
    ------
    ModelError : a weight is not finite, or too large for float16.
    OutputError : the file cannot be written; what was there before is still there.
    """
    stored = {}
    for name, value in arrays.items():
        with np.errstate(over="ignore"):
            stored[name] = value.astype(np.float16 if value.ndim > 1 else np.float32)
        if not np.isfinite(stored[name]).all():
            raise ModelError(
                f"expected finite weights that fit float16, received {np.abs(value).max()} in {name}. "
                "Train again with a lower --learning-rate."
            )
    with written_whole(path) as beside, beside.open("wb") as file:
        np.savez(file, **stored)


def load_weights(net: keras.Model, path: Path) -> None:
    """Set every variable of ``net`` from ``path``.

    Raises
    ------
    ModelError : missing, damaged (each array carries a checksum), or of another network.
    """
    arrays = read_arrays(path)
    wanted = {variable.path: tuple(variable.shape) for variable in net.variables}
    if wanted.keys() != arrays.keys():
        differ = sorted(wanted.keys() ^ arrays.keys())
        raise ModelError(
            f"{path}: expected the {len(wanted)} arrays of this network, received {len(arrays)}; the first that "
            f"differs is {differ[0]}. It belongs to another network."
        )
    for variable in net.variables:
        value = arrays[variable.path].astype(np.float32)
        if value.shape != wanted[variable.path]:
            raise ModelError(
                f"{path}: expected {variable.path} of shape {wanted[variable.path]}, received {value.shape}. "
                "It belongs to another network."
            )
        variable.assign(value)


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """The arrays of a weights file, by variable path."""
    try:
        # Pickled objects, the one way in which such an archive could run code, are refused.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except FileNotFoundError as error:
        raise ModelError(f"expected a weights file at {path}, received none. Check the path.") from error
    except Exception as error:
        # Damage surfaces as whatever zipfile, zlib, ast or NumPy trips over first; all of it means the same.
        raise ModelError(
            f"{path}: expected the arrays written by 'python -m crackxai train', received a damaged or "
            f"foreign file ({error}). Copy it again."
        ) from error
    for name, value in arrays.items():
        if value.dtype.kind != "f" or not np.isfinite(value).all():
            raise ModelError(f"{path}: expected finite numbers in {name}, received others. Use another file.")
        # OpenVINO's ReLU makes 0 of the NaN that a negative one gives, and the answer looks like any other.
        if name.endswith("moving_variance") and (value < 0).any():
            raise ModelError(f"{path}: expected 0 or more in {name}, received {value.min():g}. Use another file.")
    return arrays


def arrays_of(net: keras.Model) -> dict[str, np.ndarray]:
    """Every variable of ``net`` as float32, by variable path."""
    return {variable.path: variable.numpy().astype(np.float32) for variable in net.variables}


def fingerprint(arrays: dict[str, np.ndarray], network: ResNet) -> str:
    """SHA-256 (hex) over the network and every weight as float32: equal only for equal probabilities."""
    digest = hashlib.sha256(network.identity.encode())
    for name in sorted(arrays):
        value = np.ascontiguousarray(arrays[name], dtype=np.float32)
        digest.update(f"|{name}{value.shape}".encode())
        digest.update(value.tobytes())
    return digest.hexdigest()
