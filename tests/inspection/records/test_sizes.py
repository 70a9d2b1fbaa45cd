"""Sizes: what each kind takes, and what it refuses."""

from __future__ import annotations

import math

import pytest

from crackxai import RecordsError
from crackxai.inspection.records.sizes import Size

MEASURED = {"mm": 0.25, "tool": "crack width ruler"}
ESTIMATED = {"of": "length", "mm": 420, "error_mm": 30, "scale": "marker of 50 mm"}
CLASS = {"size_class": "medium", "scale": "our own table"}


def test_each_kind_with_what_it_takes():
    assert Size() == Size("none")
    assert Size().to_content() == {"kind": "none", "of": "width"}
    assert Size("measured", **MEASURED).to_content() == {"kind": "measured", "of": "width", **MEASURED}
    assert Size("measured", error_mm=0.05, **MEASURED).error_mm == 0.05
    assert Size("estimated", **ESTIMATED).to_content() == {"kind": "estimated", **ESTIMATED}
    assert Size("class", **CLASS).to_content() == {"kind": "class", "of": "width", **CLASS}


@pytest.mark.parametrize(
    ("kind", "facts", "says"),
    [
        ("guessed", {}, "measured, class, estimated, none"),
        ("none", {"mm": 0.3}, "no mm of a size that is none"),
        ("measured", {"mm": 0.3}, "tool of a size that is measured, received none"),
        ("measured", {"tool": "ruler"}, "mm of a size that is measured, received none"),
        ("class", CLASS | {"mm": 0.3}, "no mm of a size that is class"),
        ("class", {"size_class": "medium"}, "scale of a size that is class, received none"),
        ("estimated", ESTIMATED | {"error_mm": None}, "error_mm of a size that is estimated, received none"),
        ("estimated", ESTIMATED | {"scale": ""}, "scale of a size that is estimated, received none"),
        ("estimated", ESTIMATED | {"tool": "eye"}, "no tool of a size that is estimated"),
        ("estimated", ESTIMATED | {"of": "width"}, "A photo gives no width of a crack"),
        ("measured", MEASURED | {"of": "depth"}, "width or a length"),
        *(("measured", MEASURED | {"mm": mm}, "expected mm above 0") for mm in (0, -1, math.nan, math.inf, "1", True)),
    ],
)
def test_what_does_not_belong_together_is_refused(kind, facts, says):
    with pytest.raises(RecordsError, match=says):
        Size(kind, **facts)


def test_an_error_that_leaves_a_limit_open():
    assert Size("estimated", of="length", mm=420, error_mm=30, scale="marker").straddles(400)
    assert not Size("estimated", of="length", mm=420, error_mm=20, scale="marker").straddles(400)
    assert not Size("measured", **MEASURED).straddles(0.3)
    assert Size("class", **CLASS).straddles(0.3)
