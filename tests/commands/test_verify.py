"""``verify``: what it says and how it ends are one judgement; what is no record costs no work."""

from __future__ import annotations

import json

import pytest

from crackxai.cli import FAILED, OK, main


@pytest.fixture
def record(here, capsys) -> dict:
    assert main(["explain", "wall.png", "--masker", "mean", "--max-evals", "50", "--out", "maps"]) == OK
    capsys.readouterr()
    return json.loads((here / "maps" / "wall.explanation.json").read_text("utf-8"))


def verified(here, data: bytes, capsys) -> tuple[int, str, str]:
    (here / "given.json").write_bytes(data)
    status = main(["verify", "given.json", "wall.png"])
    said = capsys.readouterr()
    return status, said.out, said.err


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_as_it_was_written_or_saved_again(here, record, capsys, encoding):
    status, out, _ = verified(here, json.dumps(record, ensure_ascii=False).encode(encoding), capsys)
    assert (status, out.splitlines()[0]) == (OK, "identical: the map made again has the recorded values, bit for bit")
    assert "recorded on " in out


@pytest.mark.parametrize("name", ["probability", "base_value", "sum_of_values", "cell", "output", "verdict", "model"])
def test_a_forged_record_is_never_called_identical(here, record, capsys, name):
    if name == "cell":
        record["cell_sums"][3][4] += 1e-5
    elif name == "verdict":
        record["verdict"]["kind"] = "crack" if record["verdict"]["kind"] != "crack" else "no-crack"
    elif name == "model":
        record["model"]["name"] = "Certified"
    else:
        record[name] = "Negative" if name == "output" else record[name] / 2 + 0.1
    status, out, _ = verified(here, json.dumps(record).encode(), capsys)
    assert status == FAILED
    assert out.startswith("different: ")
    assert "identical" not in out
    assert {"cell": "cell_sums", "verdict": "verdict.kind", "model": "model.name"}.get(name, name) in out


@pytest.mark.parametrize(
    "change",
    [
        {"evaluations": 10**9}, {"settings": {"max_evals": 10**9}}, {"model": {"precision": ["exact"]}},
        {"kind": "CrackXAI inspection"}, {"photo": []}, {"cell_sums": [[float("nan")]]}, {"method": None},
    ],
)  # fmt: skip
def test_what_is_no_record_is_refused_before_anything_is_loaded(here, record, capsys, loads, change):
    loads.clear()
    for name, value in change.items():
        record[name] = record[name] | value if isinstance(value, dict) else value
    status, out, err = verified(here, json.dumps(record).encode(), capsys)
    assert (status, out) == (FAILED, "")
    assert err.startswith("error: given.json: expected ")
    assert len(err.splitlines()) == 1
    assert not loads


@pytest.mark.parametrize("data", [b"[" * 100_000, b"{" * 3, b"\x00\xff\xfe", b"PK\x03\x04", b"nul", b"5"])
def test_other_files(here, loads, capsys, data):
    status, out, err = verified(here, data, capsys)
    assert (status, out) == (FAILED, "")
    assert err.startswith("error: given.json: expected the JSON record of an explanation, received ")
    assert not loads


def test_a_window_of_the_photo(here, tiny_model, capsys):
    from crackxai import Box, ExplainSettings, explain, read_photo

    window = read_photo("wall.png").window(Box(10, 310, 20, 320))
    text = explain(tiny_model, window, ExplainSettings("mean", max_evals=50)).to_json()
    assert verified(here, text.encode(), capsys)[0] == OK
    moved = json.loads(text)
    moved["photo"]["box"] |= {"top": 0, "bottom": 300}
    assert verified(here, json.dumps(moved).encode(), capsys)[0] == FAILED
