"""What a server tells its owner: health and metrics."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from crackxai.errors import SettingsError
from crackxai.tallies import counts
from crackxai.ui import watching
from tests.served import README_COMMAND, ROOT, Served
from tests.serving.needed import free_port, package


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", None),
        ("9464", ("localhost", 9464)),
        ("0.0.0.0:9464", ("0.0.0.0", 9464)),
        ("metrics.example.org:80", ("metrics.example.org", 80)),
        ("[::1]:9464", ("::1", 9464)),
    ],
)
def test_where_it_is_told(monkeypatch, asked, found):
    monkeypatch.setenv(watching.VARIABLE, asked)
    assert watching.place() == found


@pytest.mark.parametrize("asked", ["0", "65536", "localhost", "localhost:", "http://localhost:9464", "-1", "a b:1"])
def test_another_value_is_a_clear_error(monkeypatch, asked):
    monkeypatch.setenv(watching.VARIABLE, asked)
    with pytest.raises(SettingsError, match="expected CRACKXAI_METRICS to be a port"):
        watching.place()


def test_what_the_model_is_asked_for_is_counted(tiny_model, photo):
    import numpy as np

    before = counts()["evaluations"]
    picture = tiny_model.prepare(photo)
    tiny_model.predict(np.stack([picture, picture]))
    tiny_model.predict_with_features(np.stack([picture]))
    assert counts()["evaluations"] == before + 3


def test_errors_in_the_log_are_counted():
    logger = logging.Logger("apart")
    logger.addHandler(watching.CountErrors())
    before = counts()["errors"]
    logger.warning("no error")
    logger.error("one")
    try:
        raise ValueError
    except ValueError:
        logger.exception("two")
    assert counts()["errors"] == before + 2


def get(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://localhost:{port}{path}", timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def value(told: str, name: str) -> float:
    return float(next(line.rpartition(" ")[2] for line in told.splitlines() if line.startswith(f"{name} ")))


def until_metric(port: int, name: str, reached: Callable[[float], bool]) -> None:
    until = time.monotonic() + 60
    while not reached(now := value(get(port, "/metrics")[1], name)):
        assert time.monotonic() < until, (name, now)
        time.sleep(0.2)


@pytest.fixture
def environment(tmp_path, tiny_folder) -> dict[str, str]:
    return {
        **os.environ,
        "CRACKXAI_DB": str(tmp_path / "records.sqlite"),
        "CRACKXAI_STORE": str(tmp_path / "store"),
        "CRACKXAI_MODEL": str(tiny_folder),
        "CRACKXAI_MEMORY_MB": "777",
        watching.VARIABLE: str(free_port()),
    }


def test_a_server_tells_whether_it_is_well_and_what_it_does(environment, tmp_path):
    package("prometheus_client")
    port = int(environment[watching.VARIABLE])
    with Served(environment) as served:
        until = time.monotonic() + 60
        while (found := get(port, "/health"))[0] != 200:
            assert time.monotonic() < until, found
            time.sleep(0.2)
        assert json.loads(found[1]) == {"model": "ok", "database": "ok", "store": "ok"}
        assert list((tmp_path / "store").iterdir()) == []
        told = get(port, "/metrics")[1]
        assert value(told, "crackxai_memory_budget_bytes") == 777 * 2**20
        assert value(told, 'crackxai_jobs{state="waiting"}') == 0
        assert value(told, "crackxai_sessions") == 0
        before = value(told, "crackxai_evaluations_total")
        with served.session(f"http://localhost:{served.port}"):
            until_metric(port, "crackxai_sessions", lambda now: now == 1)
        served.visit("sample=1&lang=en")
        until_metric(port, "crackxai_evaluations_total", lambda now: now > before)
        assert get(port, "/other")[0] == 404
        # The store is gone: a file lies where its folder was.
        (tmp_path / "store").rmdir()
        (tmp_path / "store").write_bytes(b"")
        time.sleep(watching.KNOWN_S + 0.1)
        status, body = get(port, "/health")
        assert status == 503
        assert json.loads(body)["database"] == "ok"
        assert "copies cannot be written" in json.loads(body)["store"]
        assert value(get(port, "/metrics")[1], 'crackxai_healthy{part="store"}') == 0
        listens = served.listens_on()
        assert listens <= {"127.0.0.1", "::1"}, "this computer alone, unless a host is named"
    assert "Traceback" not in served.said
    assert "ScriptRunContext" not in served.said


def test_a_server_whose_records_are_not_to_be_had_is_not_well(environment):
    package("prometheus_client")
    pytest.importorskip("psycopg")
    environment["CRACKXAI_DB"] = "postgresql://nobody@127.0.0.1:1/none"
    with Served(environment) as served:
        status, body = get(int(environment[watching.VARIABLE]), "/health")
        assert status == 503
        assert json.loads(body)["database"] != "ok"
    assert "Traceback" not in served.said


@pytest.mark.parametrize(("asked", "said"), [("nowhere", "expected CRACKXAI_METRICS to be a port"), ("1", "free port")])
def test_a_server_that_cannot_tell_does_not_start(environment, asked, said):
    package("prometheus_client")
    if asked == "1" and hasattr(os, "geteuid") and os.geteuid() == 0:
        asked = "203.0.113.1:9464"  # of nobody's computer
    environment[watching.VARIABLE] = asked
    command = [*README_COMMAND, "--server.port", str(free_port())]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_nothing_of_it_is_there_unless_it_is_asked_for():
    asked = "import sys, crackxai.ui.server; print('prometheus_client' in sys.modules, 'fsspec' in sys.modules)"
    environment = {name: value for name, value in os.environ.items() if name != watching.VARIABLE}
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=Path(ROOT), env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "False"]
