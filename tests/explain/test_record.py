"""Only a record is read as one; whatever else it is given, it says what was expected."""

from __future__ import annotations

import dataclasses
import json

import pytest

from crackxai import Explanation, SettingsError
from crackxai.explain.record import MAX_BYTES, checked, read_record
from crackxai.photo import Box


@pytest.fixture
def explanation(explanation) -> Explanation:
    """As far as its settings ask for."""
    return dataclasses.replace(explanation, evaluations=50)


@pytest.fixture
def facts(explanation) -> dict:
    return explanation.to_record()


def changed(facts: dict, path: str, value: object) -> dict:
    """A copy in which the entry of that dotted path is another; without it where the value is ``...``."""
    copy = json.loads(json.dumps(facts))
    *way, last = path.split(".")
    part = copy
    for name in way:
        part = part[name]
    if value is ...:
        del part[last]
    else:
        part[last] = value
    return copy


def test_what_was_written_is_read(explanation, tmp_path):
    path = tmp_path / "wall.json"
    path.write_text(explanation.to_json(), "utf-8")
    record = read_record(path)
    assert record.facts == explanation.to_record()
    assert record.settings == explanation.settings
    assert (record.evaluations, record.precision, record.box) == (50, "exact", None)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_with_a_byte_order_mark(explanation, encoding):
    assert read_record(explanation.to_json().encode(encoding)).facts == explanation.to_record()


def test_a_window(explanation):
    window = dataclasses.replace(explanation, photo_box=Box(1, 5, 2, 8), photo_scale=0.5)
    record = checked(window.to_record())
    assert record.box == Box(1, 5, 2, 8)
    assert record.facts["photo"]["scale"] == 0.5


DEEP = 100_000


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "another file"),
        (b"\xff\xd8\xff\xe0 JFIF", "no text"),
        (b"hello", "another file"),
        (b"[]", "received a list"),
        (b"3", "received a number"),
        (b'{"kind": "CrackXAI model"}', "received one of kind 'CrackXAI model'"),
        (b"{}", "received an object of no kind"),
        (b"[" * DEEP + b"]" * DEEP, "nested too deeply"),
        (b'{"kind": ' * DEEP + b"1" + b"}" * DEEP, "nested too deeply"),
        (b"[" * 50 + b"]" * 50, "nested too deeply"),
        (b'{"kind": "CrackXAI explanation", "kind": "CrackXAI explanation"}', "twice"),
        (b'{"probability": NaN}', "NaN is no JSON"),
        (b'{"probability": -Infinity}', "-Infinity is no JSON"),
        (b'{"evaluations": 1' + b"0" * 5000 + b"}", "another file"),
        (b" " * (MAX_BYTES + 1), "more than 1024 kB"),
    ],
)
def test_other_files(data, reason, tmp_path):
    path = tmp_path / "given.json"
    path.write_bytes(data)
    with pytest.raises(SettingsError, match=r"^given\.json: expected the JSON record of an explanation") as caught:
        read_record(path)
    assert reason in str(caught.value)
    assert len(str(caught.value)) < 400


WRONG = [
    *((name, value) for name in ("photo.name", "photo.sha256", "model.name", "model.fingerprint", "model.device",
                                 "output", "values_sha256", "method") for value in (..., None, 3, ["x"], {"a": "b"})),
    *((name, value) for name in ("probability", "base_value", "sum_of_values", "seconds")
      for value in (..., None, "0.5", [0.5], True, float("nan"), float("inf"), 10**400)),
    ("probability", 1.5), ("base_value", -0.1), ("seconds", -1),
    *(("model.precision", value) for value in (["exact"], "quick", None, ...)),
    *(("evaluations", value) for value in (..., None, 0, -2, 10**9, 53, 51.5, "50", True, [50], 10**400)),
    *(("cell_sums", value) for value in (..., "none", [], [[]], [[1], [1, 2]], [[None]], [["1"]], [[float("nan")]], 3)),
    *(("settings", value) for value in (..., [], None)),
    ("settings.masker", "fog"), ("settings.masker", ["blur"]), ("settings.max_evals", 10**9),
    ("settings.max_evals", "500"), ("settings.batch_size", [50]), ("settings.smoke", 1), ("settings.seed", -1),
    *((name, value) for name in ("photo", "model", "versions") for value in (..., [], "x", 3)),
    ("versions", {"opencv": 5}), ("versions", {str(n): "1" for n in range(101)}),
    ("model.input_size", ["150", 150]), ("model.input_size", 150),
    ("photo.box", {"top": 0}), ("photo.box", {"top": 0, "bottom": 0.5, "left": 0, "right": 4}),
    ("photo.box", {"top": 4, "bottom": 4, "left": 0, "right": 4}), ("photo.box", [0, 4, 0, 4]),
    ("photo.scale", "half"), ("model.computed_in", 32),
    ("values_sha256", "F" * 64), ("values_sha256", "0" * 63), ("model.processor", {}),
    ("verdict", "crack"), ("verdict", {"kind": "crack"}),
    ("verdict", {"kind": "crack", "probability": 1, "threshold": "0.5", "band": 0, "doubts": []}),
    ("verdict", {"kind": "crack", "probability": 1, "threshold": 0.5, "band": 0, "doubts": ["dark"]}),
    ("kind", ...), ("kind", ["CrackXAI explanation"]), ("photo.name", "x" * 3000),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value"), WRONG, ids=lambda value: repr(value)[:30])
def test_entries_that_are_missing_or_of_another_kind(facts, path, value):
    with pytest.raises(SettingsError, match=r"expected .* received|without") as caught:
        checked(changed(facts, path, value) if path != "kind" else facts | {"kind": value})
    assert len(str(caught.value)) < 400


def test_a_record_asks_for_no_more_evaluations_than_its_settings(facts):
    with pytest.raises(SettingsError, match="1 to the 50 that its settings ask for as evaluations of the record"):
        checked(facts | {"evaluations": 10**9})


def test_other_methods_are_not_verified_as_this_one(facts):
    with pytest.raises(SettingsError, match=r"made by shap\.explainers\.Partition .*, received 'reading tea leaves'"):
        checked(facts | {"method": "reading tea leaves"})


@pytest.mark.parametrize(
    ("model", "computed_in", "load"),
    [
        ({"precision": "fast", "device": "CPU, openvino in bfloat16"}, "bfloat16", "fast"),
        ({"precision": "fast", "device": "CPU, openvino in float32"}, "float32", "exact"),
        ({"precision": "fast", "device": "CPU", "computed_in": "float32"}, "float32", "exact"),
        ({"precision": "exact", "device": "CPU, openvino in float32"}, "float32", "exact"),
        ({"precision": "fast", "device": "abacus"}, "", "fast"),
    ],
)
def test_what_it_was_really_computed_in(facts, model, computed_in, load):
    """'fast' on a processor without bfloat16 is 'exact'."""
    record = checked(facts | {"model": facts["model"] | model})
    assert (record.computed_in, record.load_precision) == (computed_in, load)


TEST = {
    "settings": {"other": {"masker": "blur", "blur_kernel": 9}, "orders": 20, "seed": 0},
    "leans_to": "crack",
    "evaluations": 22,
}


def test_a_test_of_the_map(facts):
    record = checked(facts | {"faithfulness": TEST, "localisation": {"widened": 2, "area": 0.1}})
    assert record.test.evaluations == 22
    assert (record.test.settings.orders, record.test.settings.other.blur_kernel) == (20, 9)
    assert record.widened == 2
    assert checked(facts).test is checked(facts).widened is None


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("faithfulness", 3), ("faithfulness.settings", ...), ("faithfulness.settings.orders", 10**9),
        ("faithfulness.settings.orders", 2.5), ("faithfulness.settings.seed", "0"),
        ("faithfulness.settings.other", ...), ("faithfulness.settings.other.masker", "fog"),
        ("faithfulness.settings.other.smoke", 1), ("faithfulness.settings.other.blur_kernel", [9]),
        ("faithfulness.evaluations", ...), ("faithfulness.evaluations", 10**9), ("faithfulness.evaluations", True),
        ("localisation", []), ("localisation.widened", 1000), ("localisation.widened", ...), ("localisation.area", "1"),
    ],
)  # fmt: skip
def test_garbled_tests(facts, path, value):
    whole = facts | {"faithfulness": TEST, "localisation": {"widened": 2, "area": 0.1}}
    with pytest.raises(SettingsError, match=r"expected .* received") as caught:
        checked(changed(whole, path, value))
    assert len(str(caught.value)) < 400
