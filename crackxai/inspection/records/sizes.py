"""Sizes, and how each was come by. The program never makes one up, and none is as good as any other answer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

from crackxai.errors import RecordsError

SizeKind = Literal["measured", "class", "estimated", "none"]
Dimension = Literal["width", "length"]


@dataclass(frozen=True)
class Size:
    """A crack's width or length.

    Attributes
    ----------
    kind : "measured" by hand; "class": one of a table's, which is no number; "estimated" from a scale in the photo;
        "none": not measured.
    of : "width" or "length". An estimate is of a length only: neither the heat nor the map has edges that are the
        crack's, so a photo gives no width.
    mm : millimetres, above 0; of "measured" and "estimated".
    error_mm : plus or minus, above 0; required of an estimate, told of a measurement where it is known.
    tool : what was measured with, such as "crack width ruler"; of "measured".
    scale : where an estimate's millimetres come from, such as "marker of 50 mm"; or whose classes they are.
    size_class : the class's name, such as "0.3 mm and more".

    Raises
    ------
    RecordsError : what the kind takes is missing, or what it cannot have is there.

    >>> Size("measured", mm=0.25, tool="crack width ruler").straddles(0.3)
    False
    >>> Size("estimated", of="length", mm=420, error_mm=30, scale="marker of 50 mm").straddles(400)
    True
    """

    kind: SizeKind = "none"
    of: Dimension = "width"
    mm: float | None = None
    error_mm: float | None = None
    tool: str = ""
    scale: str = ""
    size_class: str = ""

    def __post_init__(self) -> None:
        if self.kind not in _TAKES:
            raise RecordsError(f"expected a size that is {', '.join(_TAKES)}, received {self.kind!r}.")
        if self.of not in ("width", "length"):
            raise RecordsError(f"expected the size of a width or a length, received {self.of!r}.")
        for name in ("mm", "error_mm"):
            value = getattr(self, name)
            if value is not None and not (
                isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < math.inf
            ):
                raise RecordsError(f"expected {name} above 0, received {value!r}.")
        if self.kind == "estimated" and self.of == "width":
            raise RecordsError(
                "expected an estimate of a length, received one of a width. A photo gives no width of a crack: measure "
                "it by hand, or name a class."
            )
        needed, allowed = _TAKES[self.kind]
        for name in _FACTS:
            there = getattr(self, name) not in (None, "")
            if name in needed and not there:
                raise RecordsError(f"expected {name} of a size that is {self.kind}, received none. {_ADVICE}")
            if there and name not in needed and name not in allowed:
                raise RecordsError(
                    f"expected no {name} of a size that is {self.kind}, received {getattr(self, name)!r}. {_ADVICE}"
                )

    def straddles(self, limit_mm: float) -> bool:
        """Whether its error leaves open on which side of a limit it lies; of a size without millimetres always."""
        if self.mm is None:
            return True
        return abs(self.mm - limit_mm) < (self.error_mm or 0.0)

    def to_content(self) -> dict[str, Any]:
        """As plain JSON values: what it has."""
        facts = {name: getattr(self, name) for name in _FACTS if getattr(self, name) not in (None, "")}
        return {"kind": self.kind, "of": self.of, **facts}


_FACTS = ("mm", "error_mm", "tool", "scale", "size_class")
_TAKES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "measured": (("mm", "tool"), ("error_mm",)),
    "class": (("size_class", "scale"), ()),
    "estimated": (("mm", "error_mm", "scale"), ()),
    "none": ((), ()),
}
"""What each kind needs, and what it may have."""
_ADVICE = (
    "Measured: millimetres and the tool; class: its name and whose it is; estimated: millimetres, plus or minus, and "
    "from which scale; none: nothing."
)
