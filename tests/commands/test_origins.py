"""The command line on origins."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from crackxai.cli import FAILED, OK, SOME_FAILED, main
from crackxai.commands.origins import are_origins
from crackxai.inspection.scan_figures import FALSE_FINDINGS
from crackxai.model.card import read_card
from crackxai.model.measurements import read_measurements
from crackxai.samples.training_set import write_hard
from tests.model.test_origins import write_photos


@pytest.fixture(scope="module")
def origins(tmp_path_factory):
    root = tmp_path_factory.mktemp("origins")
    write_hard(root / "walls", 6, 0)
    write_photos(root / "floors" / "val", 0, 3, size=(200, 240))
    return root


def test_origins_are_told_from_one_source(tmp_path, origins):
    write_photos(tmp_path / "plain", 1, 1)
    write_photos(tmp_path / "divided" / "train", 1, 1)
    assert not are_origins([tmp_path / "plain"])
    assert not are_origins([tmp_path / "divided"])
    assert not are_origins([tmp_path / "missing"])
    assert are_origins([origins])
    assert are_origins([origins / "walls"])  # one source, but with masks
    assert are_origins([tmp_path / "plain", tmp_path / "divided"])


def test_evaluate_prints_a_row_an_origin(origins, tmp_path, capsys):
    assert main(["evaluate", str(origins), "--sheet", str(tmp_path / "worst.png")]) == OK
    text = capsys.readouterr().out
    rows = {line.split()[0]: line for line in text.splitlines() if line}
    assert {"floors", "walls", "mean", "worst"} <= rows.keys()
    assert "recall by the crack's width" in text
    assert "walls at 2x: recall" in text
    assert "working range" in text
    assert "most wrong first" in text
    assert (tmp_path / "worst.png").exists() == ("of 0:" not in text)


def test_evaluate_as_json_lists_skipped_files(origins, tmp_path, capsys):
    folder = write_photos(tmp_path / "floors", 0, 2, size=(200, 240))
    (folder / "Negative" / "bad.jpg").write_bytes(b"no photo")
    assert main(["evaluate", str(tmp_path), str(origins / "walls"), "--json"]) == SOME_FAILED
    answer = json.loads(capsys.readouterr().out)
    by_name = {origin["name"]: origin for origin in answer["origins"]}
    assert by_name["floors"]["recall"] is None
    assert by_name["floors"]["specificity"]["groups"] == 2
    assert answer["mean_balanced_accuracy"] == pytest.approx(
        np.mean([origin["balanced_accuracy"] for origin in answer["origins"]])
    )
    assert answer["failures"][0]["photo"].endswith("bad.jpg")


def test_photos_to_train_on_are_made(origins, tmp_path, capsys):
    assert main(["samples", "--hard", "--out", str(tmp_path / "drawn"), "--count", "2"]) == OK
    assert main(["composites", str(origins), "--out", str(tmp_path / "made"), "--count", "2"]) == OK
    for name in ("drawn", "made"):
        assert len(list((tmp_path / name).glob("*ive/*.jpg"))) == 2
    capsys.readouterr()
    assert main(["samples", "--hard", "--out", str(tmp_path / "drawn"), "--count", "2"]) == FAILED
    assert "holds files" in capsys.readouterr().err


def test_evaluate_scans_whole_photos(origins, tiny_folder, capsys):
    assert main(["evaluate", str(origins), "--scan", "--model", str(tiny_folder)]) == OK
    text = capsys.readouterr().out
    assert "walls; AUC scan" in text
    assert "floors\n" in text  # sound photos alone have no AUC
    assert text.count("false findings") == 2
    assert "\n   0.70 " in text


def test_figures_of_scans_are_kept_with_the_model_where_that_is_asked_for(origins, tmp_path, tiny_folder, capsys):
    folder = shutil.copytree(tiny_folder, tmp_path / "model")
    before = read_measurements(folder)
    assert before.scans == {}
    assert main(["evaluate", str(origins), "--keep", "--model", str(folder)]) == FAILED
    assert "together with --scan" in capsys.readouterr().err
    assert main(["evaluate", str(origins), "--scan", "--keep", "--json", "--model", str(folder)]) == OK
    kept = read_measurements(folder)
    told = json.loads(capsys.readouterr().out)
    assert kept.scans == {"settings": told["settings"], "origins": told["origins"]}
    assert [origin["origin"] for origin in kept.scans["origins"]] == ["floors", "walls"]
    assert kept.scans["origins"][0]["photos"]["cracked"] == 0
    card = read_card(folder)
    assert card.finding_rule.as_dict() == told["rule"]
    sound = [origin["photos"]["sound"] for origin in told["origins"]]
    assert card.scans == {"false_findings": FALSE_FINDINGS, "origins": 2, "photos": sum(sound)}
    np.testing.assert_array_equal(kept.scores["test"].cracked, before.scores["test"].cracked)
    (tmp_path / "broken" / "Negative").mkdir(parents=True)
    (tmp_path / "broken" / "Negative" / "broken.jpg").write_bytes(b"no photo")
    assert main(["evaluate", str(tmp_path / "broken"), "--scan", "--keep", "--model", str(folder)]) == FAILED
    assert "What was kept before stays" in capsys.readouterr().err
    assert read_measurements(folder).scans == kept.scans


def test_evaluate_scans_as_json_and_a_broken_photo_does_not_stop_it(tmp_path, tiny_folder, capsys):
    write_photos(tmp_path / "walls", 2, 2, size=(250, 300), masks=True)
    (tmp_path / "walls" / "Negative" / "broken.jpg").write_bytes(b"no photo")
    assert main(["evaluate", str(tmp_path), "--scan", "--json", "--model", str(tiny_folder)]) == SOME_FAILED
    answer = json.loads(capsys.readouterr().out)
    (walls,) = answer["origins"]
    assert walls["origin"] == "walls"
    assert set(walls["auc"]) == {"scan", "squashed", "highest"}
    at = walls["figures"][0]
    assert at["threshold"] == 0.5
    assert at["found"]["groups"] == at["sound"]["groups"] == 2
    assert 0 <= at["covered"] <= 1
    assert [failure["photo"].endswith("broken.jpg") for failure in answer["failures"]] == [True]
