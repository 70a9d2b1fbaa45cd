"""What the engineer chooses about an explanation, checked."""

from __future__ import annotations

import numbers
from dataclasses import asdict, dataclass

from crackxai.errors import SettingsError

MASKERS = ("inpaint_telea", "inpaint_ns", "blur", "mean")
"""Telea (2004), Navier-Stokes (Bertalmio, Bertozzi and Sapiro, 2001), box blur, the picture's mean colour."""
BLUR_KERNEL_RANGE = (2, 150)
"""Side of the box blur, pixels of the 150-pixel picture; 1 would hide nothing."""
MAX_EVALS_RANGE = (50, 20_000)
BATCH_SIZE_RANGE = (2, 1000)
SEED_RANGE = (0, 2**32 - 1)


@dataclass(frozen=True)
class ExplainSettings:
    """Settings of an explanation.

    Attributes
    ----------
    masker : how hidden pixels are filled in, one of `MASKERS`.
    blur_kernel : side of the box blur in pixels, 2-150; only used by "blur".
    max_evals : model evaluations to spend, 50-20,000.
    batch_size : evaluations a round, 2-1000. Part of the algorithm: another size gives another map.
    seed : breaks ties between equally promising regions, 0 to 2**32 - 1.

    Raises
    ------
    SettingsError : a value is of another type or outside its range.
    """

    masker: str = "inpaint_telea"
    blur_kernel: int = 15
    max_evals: int = 500
    batch_size: int = 50
    seed: int = 0

    def __post_init__(self) -> None:
        if self.masker not in MASKERS:
            raise SettingsError(f"expected masker to be one of {', '.join(MASKERS)}, received {self.masker!r}.")
        for name, (low, high) in (
            ("blur_kernel", BLUR_KERNEL_RANGE),
            ("max_evals", MAX_EVALS_RANGE),
            ("batch_size", BATCH_SIZE_RANGE),
            ("seed", SEED_RANGE),
        ):
            value = getattr(self, name)
            # bool is an int in Python, and True evaluations are a slip.
            if not isinstance(value, numbers.Integral) or isinstance(value, bool) or not low <= value <= high:
                raise SettingsError(f"expected {name} to be a whole number from {low} to {high}, received {value!r}.")
            object.__setattr__(self, name, int(value))

    def as_dict(self) -> dict:
        """Plain values, for records."""
        return asdict(self)
