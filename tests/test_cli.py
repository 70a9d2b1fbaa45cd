"""The command line: training on a real ResNet50, the rest on the tiny model and drawn photos."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from crackxai import load_model, read_photo
from crackxai.cli import FAILED, OK, SOME_FAILED, main
from crackxai.model.card import read_card, write_card
from crackxai.model.dataset import CLASSES, resize
from crackxai.model.measurements import read_measurements
from crackxai.render import png
from crackxai.samples import draw_samples

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    """Twelve drawn photos in the notebook's layout, and a file that is none."""
    folder = tmp_path_factory.mktemp("data")
    for name in CLASSES:
        (folder / name).mkdir()
    for sample in draw_samples(12, seed=3):
        (folder / CLASSES[sample.cracked] / f"{sample.name}.png").write_bytes(png(sample.rgb))
    (folder / "Positive" / "notes.jpg").write_text("not a photo")
    (folder / "Negative" / "._0.jpg").write_text("what macOS puts beside a photo")
    return folder


@pytest.fixture(scope="module")
def backbone(tmp_path_factory) -> Path:
    """A weights file as Keras writes it, with random weights."""
    import keras

    path = tmp_path_factory.mktemp("backbone") / "resnet50.weights.h5"
    keras.applications.ResNet50(weights=None, include_top=False).save_weights(path)
    return path


@pytest.fixture(scope="module")
def trained(tmp_path_factory, data, backbone) -> tuple[Path, int]:
    """A model folder made by the notebook's recipe, and the command's exit status."""
    out = tmp_path_factory.mktemp("models") / "mine"
    command = ["train", str(data), "--out", str(out), "--weights", str(backbone)]
    status = main(
        [*command, "--phases", "150x2", "--batch-size", "4", "--seed", "7", "--name", "mine", "--source", "drawn"]
    )
    return out, status


def test_training_writes_a_model_folder(trained, data, backbone):
    out, status = trained
    assert status == SOME_FAILED  # because of notes.jpg
    card = json.loads((out / "card.json").read_text("utf-8"))
    assert (card["name"], card["seed"], card["data"]["source"]) == ("mine", 7, "drawn")
    assert card["recipe"]["name"] == "notebook"
    assert card["recipe"]["weights"] == str(backbone)
    assert card["command"].startswith(f"python -m crackxai train {data} --out {out}")
    assert [row["epoch"] for row in card["history"]] == ["1", "2"]
    assert card["figures"]["validation"]["photos"] == 2
    assert (out / "MODEL_CARD.md").is_file()
    measurements = read_measurements(out)
    assert len(measurements.scores["validation"].probabilities) == 2
    assert measurements.training.limit > 0
    assert measurements.fast is None


def test_measuring_adds_what_fast_computing_changes(tiny_folder, data, tmp_path, capsys):
    """On the layout of train/ and val/, and with another model than the bundled one."""
    model, folder = tmp_path / "model", tmp_path / "data"
    shutil.copytree(tiny_folder, model)
    for part in ("train", "val"):
        shutil.copytree(data, folder / part)
    assert main(["measure", str(folder), "--model", str(model), "--maps", "1"]) == OK
    measurements = read_measurements(model)
    assert list(measurements.scores) == ["validation"]
    assert len(measurements.scores["validation"].probabilities) == 12
    if load_model(model, "fast").computed_in == "float32":
        assert measurements.fast == read_measurements(tiny_folder).fast
        return
    assert measurements.fast.photos == 12
    assert measurements.fast.maps == 1
    assert measurements.fast.map_settings == "inpaint_telea, 500 evaluations"
    assert 0 <= measurements.fast.largest_difference < 0.1
    assert f"written to {model}" in capsys.readouterr().out


def test_where_fast_is_no_other_computing_nothing_is_told_of_it(tiny_folder, data, tmp_path, capsys, monkeypatch):
    """As on a processor without bfloat16: differences of 0 would be believed of all the others."""
    from crackxai.model import classifier

    def without_bfloat16(folder, precision="exact", runtime="auto"):
        return load_model(folder, "exact", runtime)

    monkeypatch.setattr(classifier, "load_model", without_bfloat16)
    shutil.copytree(tiny_folder, tmp_path / "model")
    for part in ("train", "val"):
        shutil.copytree(data, tmp_path / part)
    assert main(["measure", str(tmp_path), "--model", str(tmp_path / "model"), "--maps", "1"]) == OK
    known = read_measurements(tiny_folder).fast
    assert known is not None
    assert read_measurements(tmp_path / "model").fast == known
    assert "fast: not measured, since this computer computes it in float32" in capsys.readouterr().out


def test_measuring_needs_photos_that_were_not_trained_on(tiny_folder, data, tmp_path, capsys):
    shutil.copytree(data, tmp_path / "train")
    assert main(["measure", str(tmp_path), "--model", str(tiny_folder)]) == FAILED
    assert "expected val/ or test/" in capsys.readouterr().err


def test_the_notebooks_recipe_trains_the_last_layer_only(trained, backbone):
    import keras

    from crackxai.model.classifier import load_network

    before = keras.applications.ResNet50(weights=None, include_top=False)
    before.load_weights(backbone)
    after = load_network(trained[0])
    name = "conv3_block2_2_conv"
    for a, b in zip(before.get_layer(name).get_weights(), after.get_layer(name).get_weights(), strict=True):
        np.testing.assert_array_equal(a.astype(np.float16), b.astype(np.float16))
    assert np.abs(after.get_layer("crack").get_weights()[1]).max() > 0  # the bias starts at 0


def test_going_on_with_a_finished_run_changes_nothing(trained, data, backbone, capsys):
    out, _ = trained
    before = (out / "weights.npz").read_bytes()
    command = ["train", str(data), "--out", str(out), "--weights", str(backbone)]
    status = main([*command, "--phases", "150x2", "--batch-size", "4", "--seed", "7"])
    assert status == SOME_FAILED
    assert (out / "weights.npz").read_bytes() == before
    captured = capsys.readouterr()
    assert "notes.jpg" in captured.err
    assert "1 file left out (hidden, or put there by the system): " in captured.err
    assert str(out) in captured.out


def test_fine_tuning_starts_from_a_model_folder(tiny_folder, tiny_model, data, tmp_path):
    """And keeps its network: whatever the folder describes can be trained on."""
    start = tmp_path / "start"
    shutil.copytree(tiny_folder, start)
    write_card(dataclasses.replace(tiny_model.card, history=[{"epoch": "1"}, {"epoch": "2"}]), start)
    command = ["train", str(data), "--out", str(tmp_path / "tuned"), "--weights", str(start)]
    assert main([*command, "--phases", "150x1", "--batch-size", "6"]) == SOME_FAILED
    card = read_card(tmp_path / "tuned")
    assert card.recipe["name"] == "finetune"
    assert card.network == tiny_model.card.network
    first, second = card.command.splitlines()
    assert first == tiny_model.card.command
    assert str(start) in second
    assert [row["epoch"] for row in card.history] == ["1", "2", "1"]
    assert load_model(tmp_path / "tuned").input_size == (150, 150)


def test_the_last_phase_is_at_the_networks_side(tiny_folder, tmp_path, capsys):
    """Told before a photo is read: the folder of photos is not even looked at."""
    command = ["train", str(tmp_path / "absent"), "--out", str(tmp_path / "out"), "--weights", str(tiny_folder)]
    assert main([*command, "--phases", "64x1"]) == FAILED
    assert "network's 150 pixels, received 64" in capsys.readouterr().err


def test_a_run_of_other_settings_is_not_overwritten(trained, data, backbone, capsys):
    out, _ = trained
    assert main(["train", str(data), "--out", str(out), "--weights", str(backbone), "--seed", "8"]) == FAILED
    assert "other settings" in capsys.readouterr().err


def test_predict_reports_the_bad_photo_and_goes_on(tiny_folder, sample_files, tmp_path, capsys):
    bad = tmp_path / "broken.png"
    bad.write_bytes(sample_files[0].read_bytes()[:2000])
    photos = [str(sample_files[0]), str(bad), str(tmp_path / "absent.jpg"), str(sample_files[1])]
    assert main(["predict", *photos, "--model", str(tiny_folder), "--json"]) == SOME_FAILED
    captured = capsys.readouterr()
    answer = json.loads(captured.out)
    assert [row["photo"] for row in answer["photos"]] == [sample_files[0].name, sample_files[1].name]
    assert all(0 <= row["probability"] <= 1 for row in answer["photos"])
    assert all(row["crack"] == (row["probability"] >= row["threshold"]) for row in answer["photos"])
    assert [failure["photo"] for failure in answer["failures"]] == [str(bad), str(tmp_path / "absent.jpg")]
    assert captured.err.count("error:") == 2


def test_predict_in_words(tiny_folder, sample_files, capsys):
    assert main(["predict", str(sample_files[0]), "--model", str(tiny_folder)]) == OK
    line = capsys.readouterr().out
    assert re.match(r" *\d+\.\d%  (crack|no crack|needs review) ", line)
    assert sample_files[0].name in line


def test_nothing_to_do_is_a_failure(tiny_folder, tmp_path, capsys):
    assert main(["predict", str(tmp_path / "absent.jpg"), "--model", str(tiny_folder)]) == FAILED
    assert "absent.jpg" in capsys.readouterr().err


@pytest.mark.parametrize("masker", ["inpaint_telea", "inpaint_ns", "blur"])
def test_explain_writes_map_figure_and_record(tiny_folder, sample_files, tmp_path, capsys, masker):
    command = ["explain", str(sample_files[0]), "--model", str(tiny_folder), "--out", str(tmp_path / "maps")]
    settings = ["--masker", masker, "--blur-kernel", "9", "--max-evals", "50", "--batch-size", "10", "--seed", "4"]
    assert main([*command, *settings, "--json"]) == OK
    (record,) = json.loads(capsys.readouterr().out)["explanations"]
    assert record["settings"] == {
        "masker": masker, "blur_kernel": 9, "max_evals": 50, "batch_size": 10, "seed": 4, "regions": "grid",
    }  # fmt: skip
    stem = tmp_path / "maps" / f"{sample_files[0].stem}.explanation"
    files = {kind: f"{stem}.{end}" for kind, end in (("figure", "png"), ("values", "npz"), ("record", "json"))}
    written = json.loads(Path(files["record"]).read_text("utf-8"))
    assert written | {"path": str(sample_files[0]), "files": files} == record
    assert written["verdict"]["probability"] == written["probability"]
    assert {"kind", "threshold", "band", "doubts"} <= written["verdict"].keys()
    with np.load(files["values"]) as archive:
        assert archive["values"].shape == (150, 150)
        assert float(archive["base_value"]) + archive["values"].sum(dtype=float) == pytest.approx(
            float(archive["probability"]), abs=1e-5
        )
    assert cv2.imread(files["figure"]).std() > 10


def test_settings_out_of_range(sample_files, capsys):
    assert main(["explain", str(sample_files[0]), "--max-evals", "7"]) == FAILED
    assert "50 to 20000" in capsys.readouterr().err


def test_a_model_that_is_none(sample_files, tmp_path, capsys):
    assert main(["predict", str(sample_files[0]), "--model", str(tmp_path / "absent")]) == FAILED
    assert "is no folder" in capsys.readouterr().err


def test_evaluate_lists_figures_mistakes_and_unreadable_files(tiny_folder, data, capsys):
    assert main(["evaluate", str(data), "--model", str(tiny_folder), "--json"]) == SOME_FAILED
    answer = json.loads(capsys.readouterr().out)
    assert [(Path(left["file"]).name, left["reason"]) for left in answer["left_out"]] == [
        ("._0.jpg", "hidden, or put there by the system")
    ]
    counts = [answer[f"{kind}_{sign}s"] for kind in ("true", "false") for sign in ("positive", "negative")]
    assert sum(counts) == answer["photos"] == 12
    assert len(answer["mistakes"]) == answer["false_positives"] + answer["false_negatives"]
    assert answer["accuracy"] == pytest.approx(1 - len(answer["mistakes"]) / 12)
    assert [Path(failure["photo"]).name for failure in answer["failures"]] == ["notes.jpg"]
    assert main(["evaluate", str(data), "--model", str(tiny_folder)]) == SOME_FAILED
    text = capsys.readouterr().out
    for word in ("accuracy", "auc", "precision", "recall", "f1", "expected calibration error", "brier", "most wrong"):
        assert word in text.lower()


def test_evaluate_shows_its_mistakes_as_the_network_saw_them(tiny_folder, data, tmp_path, capsys):
    sheet = tmp_path / "worst.png"
    # Photos in the wrong folders are mistakes, whatever the model is worth.
    for name, other in (CLASSES, CLASSES[::-1]):
        shutil.copytree(data / name, tmp_path / "swapped" / other)
    data = tmp_path / "swapped"
    options = ["--model", str(tiny_folder), "--show", "3", "--sheet", str(sheet)]
    assert main(["evaluate", str(data), *options, "--json"]) == SOME_FAILED
    worst = json.loads(capsys.readouterr().out)["mistakes"][:3]
    side = load_model(tiny_folder).input_size[0]
    shown = cv2.imread(str(sheet))[..., ::-1]
    assert shown.shape == (side + 34, 8 * (side + 4), 3)
    for number, mistake in enumerate(worst):
        left = number * (side + 4)
        assert np.array_equal(shown[:side, left : left + side], resize(read_photo(mistake["path"]), side))
    assert (shown[:, 3 * (side + 4) :] == 255).all()
    assert main(["evaluate", str(data), *options]) == FAILED
    assert "worst.png" in capsys.readouterr().err
    assert main(["evaluate", str(data), *options, "--scan"]) == FAILED


def test_evaluate_needs_the_class_folders(tmp_path, capsys):
    (tmp_path / "walls").mkdir()
    assert main(["evaluate", str(tmp_path)]) == FAILED
    assert "Positive" in capsys.readouterr().err


def test_samples(tmp_path, capsys):
    assert main(["samples", "--out", str(tmp_path / "s"), "--count", "2"]) == OK
    assert capsys.readouterr().out.split() == [str(tmp_path / "s" / f"sample-0{n}.png") for n in (1, 2)]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["explain"],
        ["train", "x"],
        ["samples", "--out", "x", "--count", "0"],
        ["train", "x", "--phases", "9"],
        ["predict", "x", "--loud"],
        ["ui", "--port", "x"],
    ],
)
def test_wrong_usage_is_told_with_status_2(arguments, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert "usage" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["predict", "explain", "train", "evaluate", "samples", "ui"])
def test_help_teaches_by_example(command, capsys):
    with pytest.raises(SystemExit) as stop:
        main([command, "--help"])
    assert stop.value.code == 0
    assert f"python -m crackxai {command}" in capsys.readouterr().out


def test_as_a_program_progress_bars_vanish_without_a_terminal(sample_files, tmp_path):
    command = [sys.executable, "-m", "crackxai", "explain", str(sample_files[0]), "--max-evals", "50"]
    done = subprocess.run([*command, "--out", str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "eval/s" not in done.stderr
    assert "\r" not in done.stderr
    assert sample_files[0].name in done.stdout


@pytest.fixture(scope="module")
def record(tmp_path_factory, sample_files, tiny_folder) -> Path:
    out = tmp_path_factory.mktemp("maps")
    command = ["explain", str(sample_files[0]), "--model", str(tiny_folder), "--out", str(out)]
    main([*command, "--masker", "blur", "--max-evals", "60"])
    return out / "sample-01.explanation.json"


def test_verify_makes_a_map_again(record, tiny_folder, sample_files, capsys):
    assert main(["verify", str(record), str(sample_files[0]), "--model", str(tiny_folder)]) == OK
    assert capsys.readouterr().out.startswith("identical: ")


def test_verify_tells_a_forged_record(record, tiny_folder, sample_files, tmp_path, capsys):
    facts = json.loads(record.read_text("utf-8"))
    facts["base_value"] += 0.01
    facts["values_sha256"] = "0" * 64
    facts["versions"]["opencv"] = "4.9.0"
    forged = tmp_path / "forged.json"
    forged.write_text(json.dumps(facts), "utf-8")
    assert main(["verify", str(forged), str(sample_files[0]), "--model", str(tiny_folder)]) == FAILED
    out = capsys.readouterr().out
    assert out.startswith("different: by up to 1.0e-02")
    assert "recorded with another version: opencv: 4.9.0 -> " in out


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"model": {"precision": "exact"}}'])
def test_verify_needs_a_record(text, sample_files, tmp_path, capsys):
    path = tmp_path / "record.json"
    path.write_text(text, "utf-8")
    assert main(["verify", str(path), str(sample_files[0])]) == FAILED
    assert "record" in capsys.readouterr().err


def test_verify_needs_the_recorded_photo(record, tiny_folder, sample_files, capsys):
    assert main(["verify", str(record), str(sample_files[1]), "--model", str(tiny_folder)]) == FAILED
    assert "expected the photo" in capsys.readouterr().err
