"""Weights on disk: one NumPy archive of plain arrays. Nothing in it can run."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from crackxai.files import written_whole
from crackxai.model.faults import model_error
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
            raise model_error("too-large", received=float(np.abs(value).max()), array=name)
    with written_whole(path) as beside, beside.open("wb") as file:
        np.savez(file, allow_pickle=False, **stored)


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
        raise model_error("other-arrays", file=str(path), expected=len(wanted), received=len(arrays), array=differ[0])
    for variable in net.variables:
        value = arrays[variable.path].astype(np.float32)
        if value.shape != wanted[variable.path]:
            raise model_error(
                "other-shape",
                file=str(path),
                array=variable.path,
                expected=str(wanted[variable.path]),
                received=str(value.shape),
            )
        variable.assign(value)


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """The arrays of a weights file, by variable path."""
    try:
        # Pickled objects, the one way in which such an archive could run code, are refused.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except FileNotFoundError as error:
        raise model_error("no-weights", file=str(path)) from error
    except Exception as error:
        # Damage surfaces as whatever zipfile, zlib, ast or NumPy trips over first; all of it means the same.
        raise model_error("damaged-weights", file=str(path), why=str(error)) from error
    for name, value in arrays.items():
        if value.dtype.kind != "f" or not np.isfinite(value).all():
            raise model_error("not-finite", file=str(path), array=name)
        # OpenVINO's ReLU makes 0 of the NaN that a negative one gives, and the answer looks like any other.
        if name.endswith("moving_variance") and (value < 0).any():
            raise model_error("negative-variance", file=str(path), array=name, lowest=f"{value.min():g}")
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
