"""Which model it is, by all that a page shows of it or a record holds, and not by its weights alone."""

from __future__ import annotations

import dataclasses
import hashlib
import weakref
from typing import Any

import numpy as np

from crackxai import CrackModel

_known: weakref.WeakKeyDictionary[CrackModel, str] = weakref.WeakKeyDictionary()


def identity(model: CrackModel) -> str:
    """SHA-256 (hex) over weights, card and measurements; whatever its precision."""
    if model not in _known:
        facts = model.fingerprint, dataclasses.asdict(model.card), dataclasses.asdict(model.measurements)
        _known[model] = hashlib.sha256(repr(_plain(facts)).encode()).hexdigest()
    return _known[model]


def _plain(value: Any) -> Any:
    # The repr of a long array leaves most of it out.
    if isinstance(value, np.ndarray):
        return value.shape, value.dtype.str, hashlib.sha256(value.tobytes()).hexdigest()
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, (list, tuple)) else value
