"""``inspect --ray auto`` where there is no cluster: one on this computer, while the run lasts. And what is refused."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import time

import psutil
import pytest

from crackxai.cli import FAILED, OK, SOME_FAILED, main
from crackxai.inspection.cluster import link
from crackxai.inspection.cluster.slots import Slot, slots_of
from crackxai.inspection.records.audit import audit
from crackxai.inspection.records.records import open_records
from tests.apps import wait_for
from tests.inspection.photo_folders import counts, drawn, photos
from tests.served import ROOT

MANY = 80


@pytest.fixture
def inspect(tiny_folder):
    """The command's arguments."""

    def arguments(source, *options: str) -> list[str]:
        return ["inspect", str(source), "--inspection", "spring", "--model", str(tiny_folder), *options]

    return arguments


@pytest.fixture(autouse=True)
def without_a_cluster(monkeypatch) -> None:
    """Nor is one begun that asks for nobody's word."""
    for name in ("RAY_ADDRESS", "RAY_AUTH_MODE", "RAY_AUTH_TOKEN"):
        monkeypatch.delenv(name, raising=False)


def rays() -> list[psutil.Process]:
    """Processes of Ray's on this computer."""
    names = ("raylet", "gcs_server", "ray::", "dashboard.py", "crackxai.inspection.cluster.driver")
    found = []
    for each in psutil.process_iter(["cmdline", "status"]):
        line = " ".join(each.info["cmdline"] or ())
        if each.info["status"] != psutil.STATUS_ZOMBIE and any(name in line for name in names):
            found.append(each)
    return found


def test_a_cluster_of_its_own_that_reports_nothing_and_leaves_nothing(inspect, tmp_path, capsys, monkeypatch):
    from crackxai.inspection.cluster.link import Link

    assert not rays()
    seen: list[dict[str, str]] = []
    commands: list[str] = []
    whole = Link.ask

    def ask(self, *arguments):
        if not seen:
            seen.append(psutil.Process(self._process.pid).environ())
            commands.extend(" ".join(each.cmdline()) for each in rays())
        return whole(self, *arguments)

    monkeypatch.setattr(Link, "ask", ask)
    folder = photos(tmp_path / "wall", range(12))
    (folder / "broken.jpg").write_bytes(b"none")
    assert main(inspect(folder, "--ray", "auto", "--explain-worst", "1", "--json")) == SOME_FAILED
    captured = capsys.readouterr()
    answer = json.loads(captured.out)
    assert [row["came"] for row in answer["photos"]] == ["judged"] * 12
    assert [row["photo"] for row in answer["failures"]] == ["broken.jpg"]
    assert (answer["finished"], answer["maps"]["made"]) == (True, 1)
    assert "worker(s) on 1 node(s) ready" in captured.err
    assert seen[0]["RAY_USAGE_STATS_ENABLED"] == "0"
    assert commands
    # Ray starts that process in any case; so it has nothing to show, and nothing to report.
    shown = [each for each in commands if "dashboard/dashboard.py" in each]
    assert all("--disable-frontend" in each or "--minimal" in each for each in shown)
    wait_for(lambda: not rays())
    with open_records(create=False) as records:
        assert counts(records, answer["inspection"]["id"]) == (12, 12, 1)
        assert audit(records.database).fits
    (folder / "broken.jpg").unlink()
    assert main(inspect(folder)) == OK
    assert "judged now 0, known already 12" in capsys.readouterr().out


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_stopped_or_killed_it_leaves_no_process_and_goes_on(inspect, tmp_path, capsys, how):
    folder = tmp_path / "wall"
    folder.mkdir()
    for number in range(MANY):
        (folder / f"{number:03}.png").write_bytes(drawn(number, 700))
    command = [sys.executable, "-m", "crackxai", *inspect(folder, "--ray", "auto")]
    run = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with open_records() as records:

        def recorded() -> int:
            return sum(counts(records, each.inspection)[1] for each in records.inspections())

        wait_for(lambda: recorded() >= 10)
        run.send_signal(how)
        out, _ = run.communicate(timeout=60)
        assert recorded() < MANY
        if how == signal.SIGINT:
            assert run.returncode == 130
            assert "the same command goes on from here" in out
        wait_for(lambda: not rays())
        # A cluster that was killed is still named in Ray's files, and is not waited for.
        assert main(inspect(folder, *(("--ray", "auto") if how == signal.SIGKILL else ()))) == OK
        (row,) = records.inspections()
        assert counts(records, row.inspection) == (MANY, MANY, 0)
        assert audit(records.database).fits
    assert f"judged now {MANY}," not in capsys.readouterr().out


def test_nothing_is_begun_where_nothing_can_be_reached(inspect, tmp_path, capsys, monkeypatch):
    folder = photos(tmp_path / "wall", range(2))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = f"127.0.0.1:{probe.getsockname()[1]}"
    began = time.monotonic()
    assert main(inspect(folder, "--ray", free)) == FAILED
    assert time.monotonic() - began < 30
    assert f"{free}: expected a Ray cluster there" in capsys.readouterr().err
    for address in ("", "10.0.0.5", "ray://10.0.0.5:10001", "http://10.0.0.5:8265"):
        assert main(inspect(folder, "--ray", address)) == FAILED
        assert "ray start --head" in capsys.readouterr().err
    whole = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "ray" else whole(name))
    assert main(inspect(folder, "--ray", "auto")) == FAILED
    assert 'pip install "crackxai[ray]"' in capsys.readouterr().err
    assert not os.path.exists(os.environ["CRACKXAI_DB"])


def test_somebody_else_at_the_address_is_told_in_time(inspect, tmp_path, capsys, monkeypatch):
    """One who accepts and says nothing, as a firewall's proxy does."""
    monkeypatch.setattr(link, "JOIN_S", 6.0)
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
        began = time.monotonic()
        assert main(inspect(photos(tmp_path / "wall", [0]), "--ray", address)) == FAILED
        assert time.monotonic() - began < 60
    assert f"{address}: expected" in capsys.readouterr().err


def test_a_nodes_workers_take_its_cores_and_no_more():
    assert slots_of("a", {"CPU": 2.0}) == [Slot("a", 0, 1.0, 0.0), Slot("a", 1, 1.0, 0.0)]
    assert [(each.cpus, each.gpus, each.threads) for each in slots_of("a", {"CPU": 16.0}, 4)] == [(4.0, 0.0, 4)] * 4
    assert [(each.cpus, each.gpus) for each in slots_of("a", {"CPU": 16.0, "GPU": 2.0})] == [(8.0, 1.0)] * 2
    assert [(each.cpus, each.threads) for each in slots_of("a", {"CPU": 2.0}, 4)] == [(0.5, 1)] * 4
    assert [(each.cpus, each.gpus) for each in slots_of("a", {"CPU": 4.0, "GPU": 1.0}, 2)] == [(2.0, 0.5)] * 2
    assert slots_of("a", {"CPU": 0.0, "GPU": 1.0}) == slots_of("a", {}) == []
