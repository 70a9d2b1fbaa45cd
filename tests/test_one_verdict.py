"""Page, command line, Python, record and report say the same of a photo."""

from __future__ import annotations

import json

import numpy as np
import pytest

from crackxai import judge, read_photo
from crackxai.cli import OK, main
from crackxai.inspection.report import report
from crackxai.render import png
from crackxai.samples import draw_samples
from crackxai.texts import catalogue
from crackxai.ui.verdict_panel import sign
from tests.apps import app_at, item, press, texts, upload

EN = catalogue("en")
NOT_EXAMINED = EN["scan.unexamined"].split(" {")[0]
"""How a scan says so; the doubts about all of the photo are others."""


@pytest.fixture
def files(tmp_path):
    """The page's samples, and what quality checks doubt."""
    drawn = [sample.rgb for sample in draw_samples(8, seed=0)]
    odd = {
        "dark": (drawn[0] * 0.2).astype(np.uint8),
        "burnt": np.clip(drawn[0].astype(int) + 120, 0, 255).astype(np.uint8),
        "small": np.ascontiguousarray(drawn[0][:100, :120]),
        "strip": np.tile(drawn[0], (1, 6, 1)),
    }
    named = {f"sample-{n}": rgb for n, rgb in enumerate(drawn, start=1)} | odd
    for name, rgb in named.items():
        (tmp_path / f"{name}.png").write_bytes(png(rgb))
    return {name: tmp_path / f"{name}.png" for name in named}


@pytest.fixture
def told(files, fresh_results, tiny_folder, capsys):
    """What ``predict --json`` says, by name."""
    capsys.readouterr()
    assert main(["predict", *map(str, files.values()), "--json", "--model", str(tiny_folder)]) == OK
    rows = json.loads(capsys.readouterr().out)["photos"]
    return dict(zip(files, rows, strict=True))


def test_each_way_gives_the_same_verdict(files, told, served):
    app = app_at("app.py")
    for name, path in files.items():
        found = judge(served, read_photo(path))
        assert told[name]["verdict"] == json.loads(json.dumps(found.to_record()))
        upload(app, (path.name, path.read_bytes()))
        # Of a photo that is scanned, that of all of it at once stands below the scan's.
        title = app.header[-1].value
        assert title.startswith(f"{sign(found.kind)} {EN[f'verdict.{found.kind}']} · ")
        own = [warning.value for warning in app.warning if not warning.value.startswith(NOT_EXAMINED)]
        warnings = "\n".join(own).replace("**", "")
        for doubt in told[name]["verdict"]["doubts"]:
            assert doubt["words"][:40] in warnings
        assert len(own) == len(found.doubts)


def test_what_is_doubted_needs_review_everywhere(told):
    for name, kind in (("dark", "dark"), ("burnt", "burnt"), ("small", "small"), ("strip", "shape")):
        assert told[name]["verdict"]["kind"] == "review"
        assert kind in [doubt["kind"] for doubt in told[name]["verdict"]["doubts"]]


def test_sample_8_is_the_same_on_the_page_and_on_the_command_line(bundled, files, monkeypatch, capsys):
    monkeypatch.delenv("CRACKXAI_MODEL", raising=False)
    app = app_at("app.py")
    press(app, "sample-8")
    capsys.readouterr()
    assert main(["predict", str(files["sample-8"]), "--json"]) == OK
    (row,) = json.loads(capsys.readouterr().out)["photos"]
    assert row["sha256"] == item(app).sha256
    kind = row["verdict"]["kind"]
    assert app.header[0].value.startswith(f"{sign(kind)} {EN[f'verdict.{kind}']}")
    assert f"{100 * row['probability']:.1f} %" in texts(app)


def test_record_and_report_carry_it(files, served, explanation):
    photo = read_photo(files["dark"])
    verdict = judge(served, photo)
    page = report(photo, explanation, verdict)
    assert verdict.to_record()["doubts"][0]["words"] in page
    assert "&#34;kind&#34;: &#34;review&#34;" in page
