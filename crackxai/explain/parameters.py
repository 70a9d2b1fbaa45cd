"""Whole numbers that belong to a masker or a method: declared once, where they are used.

What the command line asks for, what the page offers and links hold, and what is refused all follow from the
declaration.
"""

from __future__ import annotations

import dataclasses
import numbers
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crackxai.errors import SettingsError

_KEY = "parameter"


@dataclass(frozen=True)
class Parameter:
    """A setting that is a whole number.

    Attributes
    ----------
    name : of the field of the settings. default, low, high : both ends are in its range.
    help : for the command line: what it is, in which unit.
    offered : values of the page's slider and of links, evenly spaced; all by default.
    compared : values of which the Compare page offers a map each; the default alone by default.
    caption : how its value is written into a figure, with ``{0}``.
    asked : whether the page asks for it where its method is chosen; those of maskers are asked for with these.
    """

    name: str
    default: int
    low: int
    high: int
    help: str
    offered: range
    compared: tuple[int, ...]
    caption: str
    asked: bool

    @property
    def option(self) -> str:
        """On the command line: "blur_kernel" -> "--blur-kernel"."""
        return "--" + self.name.replace("_", "-")


def parameter(
    default: int,
    low: int,
    high: int,
    *,
    help: str,
    offered: range | None = None,
    compared: Sequence[int] = (),
    caption: str = "{0}",
    asked: bool = False,
    kw_only: bool = True,
) -> Any:
    """A dataclass field that is a `Parameter`; see there."""
    facts = {
        "default": default,
        "low": low,
        "high": high,
        "help": help,
        "offered": offered or range(low, high + 1),
        "compared": tuple(compared) or (default,),
        "caption": caption,
        "asked": asked,
    }
    return dataclasses.field(default=default, kw_only=kw_only, metadata={_KEY: facts})


def parameters_of(settings: Any) -> tuple[Parameter, ...]:
    """The parameters of a settings class, or of an object of it, in the order in which they are declared."""
    return tuple(
        Parameter(field.name, **field.metadata[_KEY])
        for field in dataclasses.fields(settings)
        if _KEY in field.metadata
    )


def check_parameters(settings: Any) -> None:
    """Make the parameters plain ints.

    Raises
    ------
    SettingsError : one is of another type or outside its range.
    """
    for each in parameters_of(settings):
        value = getattr(settings, each.name)
        # bool is an int in Python, and True evaluations are a slip.
        whole = isinstance(value, numbers.Integral) and not isinstance(value, bool)
        if not whole or not each.low <= value <= each.high:
            raise SettingsError(
                f"expected {each.name} to be a whole number from {each.low} to {each.high}, received {_brief(value)}."
            )
        object.__setattr__(settings, each.name, int(value))


def _brief(value: object) -> str:
    try:
        text = repr(value)
    except ValueError:  # a whole number of more digits than Python writes
        return "a far larger one"
    return text if len(text) <= 80 else f"{text[:77]}..."
