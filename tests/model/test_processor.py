"""What a model really computes in, and on what, whatever it was asked for."""

from __future__ import annotations

import openvino
import pytest

from crackxai import load_model
from crackxai.model.processor import has_bfloat16, processor_name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "processor\t: 0\nmodel name\t: AMD EPYC 9554 64-Core Processor \nflags: a\n",
            "AMD EPYC 9554 64-Core Processor",
        ),
        ("model name: A\nmodel name: B\n", "A"),
    ],
)
def test_the_name_that_its_maker_gave(tmp_path, text, expected):
    (tmp_path / "cpuinfo").write_text(text, "utf-8")
    assert processor_name(tmp_path / "cpuinfo") == expected


@pytest.mark.parametrize("text", [None, "processor: 0\n", "model name:\n"])
def test_where_the_system_does_not_tell_there_is_still_a_name(tmp_path, text):
    if text is not None:
        (tmp_path / "cpuinfo").write_text(text, "utf-8")
    assert processor_name(tmp_path / "cpuinfo").strip()


def test_keras(tiny_model):
    assert tiny_model.computed_in == "float32"
    assert tiny_model.processor
    assert tiny_model.computed_in in tiny_model.device


def test_openvino_tells_what_it_computes_in(bundled):
    assert bundled.computed_in == "float32"
    assert bundled.processor == openvino.Core().get_property("CPU", "FULL_DEVICE_NAME").strip()


def test_fast_falls_back_to_float32_on_a_processor_without_bfloat16(monkeypatch):
    asked = openvino.Core.get_property

    def get_property(self, device, name, *rest):
        return ["FP32", "INT8"] if name == "OPTIMIZATION_CAPABILITIES" else asked(self, device, name, *rest)

    monkeypatch.setattr(openvino.Core, "get_property", get_property)
    model = load_model(precision="fast", runtime="openvino")
    assert (model.precision, model.computed_in) == ("fast", "float32")
    assert model.device == "CPU, openvino in float32"


def test_bfloat16_is_told_from_the_processors_flags(tmp_path):
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("flags : fpu avx512_bf16 sse\n")
    assert has_bfloat16(str(cpuinfo))
    cpuinfo.write_text("flags : fpu avx2\n")
    assert not has_bfloat16(str(cpuinfo))
    assert not has_bfloat16(str(tmp_path / "none"))
