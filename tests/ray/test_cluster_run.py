"""Runs on a cluster of two nodes: the same records as without one, whoever dies meanwhile."""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import replace

import numpy as np
import psutil
import pytest

from crackxai.errors import Cancelled, ClusterError
from crackxai.inspection.cluster import cluster_run
from crackxai.inspection.records.facts import Inspection
from crackxai.inspection.records.records import open_records
from crackxai.inspection.scan import ScanSettings
from tests.apps import wait_for
from tests.inspection.photo_folders import archive, counts, drawn, photos, run_over
from tests.ray.conftest import with_workers
from tests.ray.deadly.sitecustomize import MARK

MANY = 120


def workers() -> list[psutil.Process]:
    return [each for each in psutil.process_iter(["cmdline"]) if "ray::Worker" in " ".join(each.info["cmdline"] or ())]


@pytest.fixture
def alone(tiny_model, tmp_path):
    """A run without a cluster, in records of its own, to its end: its records and their inspection."""
    with open_records(tmp_path / "alone" / "records.sqlite") as own:
        into = own.add_inspection(Inspection("Bridge 7")).inspection

        def run(folder, **settings):
            made = run_over(tiny_model, own, into, folder, **settings)
            made.advance()
            made.close()
            return own, into, made.result()

        yield run


def close_maps(records, inspection, own, into) -> None:
    """Of the same photos, windows, settings and values."""
    for there, here in zip(records.explanations(inspection), own.explanations(into), strict=True):
        assert there.sha256 == here.sha256
        np.testing.assert_allclose(there.said.channel_values, here.said.channel_values, atol=1e-6)
        for name in ("settings", "photo", "evaluations"):
            assert there.said.record[name] == here.said.record[name]
        assert there.said.record["verdict"]["kind"] == here.said.record["verdict"]["kind"]
        assert there.said.record["model"]["fingerprint"] == here.said.record["model"]["fingerprint"]


def test_it_records_what_a_run_without_a_cluster_records(nodes, run_on, alone, records, inspection, tmp_path):
    folder = photos(tmp_path / "wall", range(24))
    (folder / "a-broken.jpg").write_bytes(drawn(0)[:300])
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "twice.png").write_bytes(drawn(5))
    (folder / "notes.txt").write_text("nothing")
    run = with_workers(run_on(nodes.address, folder, explain_worst=3), 2)
    run.advance()
    assert run.finished
    theirs = run.result()
    assert theirs.by_way == {"judged": 24}
    assert [(each.place, each.why.name) for each in theirs.failures] == [
        ("a-broken.jpg", "photo-error.damaged"),
        ("empty.jpg", "photo-error.empty"),
    ]
    assert (theirs.maps, theirs.unmapped) == (3, ())

    own, into, ours = alone(folder, explain_worst=3)
    assert (theirs.failures, theirs.duplicates, theirs.left_out) == (ours.failures, ours.duplicates, ours.left_out)
    # In the same order, too, whichever worker was first.
    assert [row.said for row in records.photos(inspection)] == [row.said for row in own.photos(into)]
    for there, here in zip(records.judgements(inspection), own.judgements(into), strict=True):
        assert there.sha256 == here.sha256
        assert there.said.probability == pytest.approx(here.said.probability, abs=1e-6)
        assert replace(there.said, probability=None) == replace(here.said, probability=None)
    close_maps(records, inspection, own, into)

    again = run_on(nodes.address, folder, explain_worst=3)
    head = records.covered(inspection)
    again.advance()
    assert (again.result().by_way, again.result().known_maps) == ({"already": 24}, 3)
    assert records.covered(inspection) == head


def test_scans_and_the_windows_of_their_findings(nodes, run_on, alone, records, inspection, tmp_path):
    folder = tmp_path / "wall"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.png").write_bytes(drawn(number, 500 + 40 * number))
    settings = {"scan": ScanSettings(), "explain_worst": 1}
    run = run_on(nodes.address, folder, **settings)
    run.advance()
    assert (run.result().by_way, run.result().maps) == ({"judged": 3}, 1)
    own, into, _ = alone(folder, **settings)
    for there, here in zip(records.judgements(inspection), own.judgements(into), strict=True):
        assert there.sha256 == here.sha256
        assert there.said.probability == pytest.approx(here.said.probability, abs=1e-5)
        assert (there.said.key, there.said.verdict) == (here.said.key, here.said.verdict)
        assert [each["tile"] for each in there.said.findings] == [each["tile"] for each in here.said.findings]
    assert any(row.said.findings for row in records.judgements(inspection))
    assert records.explanations(inspection)[0].said.record["photo"]["box"] is not None
    close_maps(records, inspection, own, into)


def test_a_worker_and_a_node_killed_in_mid_run_cost_nothing_but_time(nodes, run_on, records, inspection, tmp_path):
    folder = tmp_path / "wall"
    folder.mkdir()
    for number in range(MANY):
        (folder / f"{number:03}.png").write_bytes(drawn(number, 900))
    (folder / "050-broken.png").write_bytes(drawn(0)[:300])
    run = with_workers(run_on(nodes.address, folder), 2)
    killed: list[str] = []
    seen: list[int] = []

    def kill(done: int, total: int) -> None:
        seen.append(run.standing.workers if run.standing else 0)
        if done >= 10 and not killed:
            killed.append("worker")
            workers()[0].kill()
        if done >= 60 and len(killed) == 1:
            killed.append("node")
            nodes.kill_one()

    run.advance(progress=kill)
    assert killed == ["worker", "node"]
    assert 1 in seen[seen.index(2) :]
    result = run.result()
    assert result.by_way == {"judged": MANY}
    assert [each.place for each in result.failures] == ["050-broken.png"]
    assert counts(records, inspection) == (MANY, MANY, 0)
    assert len({row.sha256 for row in records.judgements(inspection)}) == MANY
    assert [each.place for each in result.outcomes] == [f"{number:03}.png" for number in range(MANY)]


def test_a_node_that_comes_takes_part_and_maps_outlive_one_that_goes(nodes, run_on, records, inspection, tmp_path):
    nodes.kill_one()
    run = with_workers(run_on(nodes.address, photos(tmp_path / "wall", range(8)), explain_worst=4), 1)
    nodes.whole()
    with_workers(run, 2)
    killed: list[str] = []

    def kill(done: int, total: int) -> None:
        if done >= 8 and not killed and len(run._link._asked) == 2:
            killed.append("node")
            nodes.kill_one()

    run.advance(progress=kill)
    assert killed
    assert run.result().maps == 4
    assert counts(records, inspection) == (8, 8, 4)


def test_a_deadly_photo_costs_itself_alone(nodes, run_on, records, inspection, tmp_path):
    folder = photos(tmp_path / "wall", range(30))
    (folder / "photo-10-deadly.png").write_bytes(drawn(200) + MARK)
    run = with_workers(run_on(nodes.address, folder), 2)
    run.advance()
    result = run.result()
    assert [(each.place, each.why.name) for each in result.failures] == [
        ("photo-10-deadly.png", "cluster-error.deadly")
    ]
    assert result.by_way == {"judged": 30}
    assert counts(records, inspection) == (30, 30, 0)


def test_stopped_and_gone_on_with(nodes, run_on, records, inspection, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster_run, "REST_S", 0.5)
    folder = photos(tmp_path / "wall", range(MANY))
    run = run_on(nodes.address, folder)

    def stop(done: int, total: int) -> None:
        if done >= 20:
            raise Cancelled("stop")

    with pytest.raises(Cancelled):
        run.advance(progress=stop)
    done = run.result().done
    assert 20 <= done < MANY
    assert counts(records, inspection) == (done, done, 0)
    # Nobody goes on with it: its workers go, and the cluster is free for others.
    wait_for(lambda: run.standing is None and not workers())
    run.advance()
    assert run.finished
    assert run.result().by_way == {"judged": MANY}
    assert counts(records, inspection) == (MANY, MANY, 0)
    wait_for(lambda: not workers())


def test_what_is_under_way_goes_on_while_another_has_its_turn(nodes, run_on, records, inspection, tmp_path):
    run = run_on(nodes.address, photos(tmp_path / "wall", range(60)))

    def turn(done: int, total: int) -> None:
        if done % 7 == 6:
            raise Cancelled("its turn is over")

    run.connect()
    before = {each.pid for each in workers()}
    for _ in range(200):
        if run.finished:
            break
        try:
            run.advance(progress=turn)
        except Cancelled:
            run.advance(run.evaluations + 3)
            assert before & {each.pid for each in workers()}
    assert run.result().by_way == {"judged": 60}


def test_an_archive_is_sent_and_what_waits_is_bounded(nodes, run_on, records, inspection, tmp_path, monkeypatch):
    from crackxai.inspection.cluster import questions

    monkeypatch.setattr(questions, "SENT_BYTES", 6 * len(drawn(0)))
    monkeypatch.setattr(questions, "MAX_BYTES", len(drawn(0)))
    packed = archive(tmp_path / "photos.zip", {f"{n:02}.png": drawn(n) for n in range(40)})
    run = with_workers(run_on(nodes.address, packed), 2)
    most = []
    run.advance(progress=lambda *_: most.append(len(run._ahead._waiting)))
    assert 1 < max(most) <= 7
    assert counts(records, inspection) == (40, 40, 0)
    assert len(records.store.names()) == 40


def test_a_cluster_that_is_lost_is_told_and_the_run_can_go_on(nodes, run_on, records, inspection, tmp_path):
    run = run_on(nodes.address, photos(tmp_path / "wall", range(MANY)))
    killed: list[int] = []

    def kill(done: int, total: int) -> None:
        if done >= 20 and not killed:
            killed.append(run._link._process.pid)
            os.kill(killed[0], signal.SIGKILL)

    with pytest.raises(ClusterError, match="end of its connection") as raised:
        run.advance(progress=kill)
    assert raised.value.message.name == "cluster-error.gone"
    done = run.result().done
    assert counts(records, inspection) == (done, done, 0)
    run.advance()
    assert run.result().by_way == {"judged": MANY}
    assert counts(records, inspection) == (MANY, MANY, 0)


def test_two_runs_at_once_write_nothing_twice(nodes, run_on, records, inspection, tmp_path):
    folder = photos(tmp_path / "wall", range(40))
    # Each takes half of each core, so that both find room.
    runs = [run_on(nodes.address, folder, workers=2) for _ in range(2)]
    threads = [threading.Thread(target=each.advance) for each in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert counts(records, inspection) == (40, 40, 0)
