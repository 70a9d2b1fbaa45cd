"""A cluster of two nodes on this computer, of one core each; skipped where Ray is missing."""

from __future__ import annotations

import importlib.util
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from crackxai.inspection.cluster.cluster_run import ClusterRun
from crackxai.inspection.cluster.link import Cluster
from crackxai.inspection.folder_settings import FolderSettings
from crackxai.inspection.photo_source import open_source
from tests.apps import wait_for
from tests.inspection import conftest as audited
from tests.served import ROOT

person, records, inspection = audited.person, audited.records, audited.inspection

HERE = Path(__file__).parent
PORTS = range(8741, 8770)
QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0", "CRACKXAI_TEST_DEADLY": "1"}
TOKEN = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
"""Nobody else on this computer's network is let in."""


def pytest_collection_modifyitems(items) -> None:
    if importlib.util.find_spec("ray") is not None:
        return
    if os.environ.get("CRACKXAI_RAY_TESTS") == "required":
        pytest.exit("CRACKXAI_RAY_TESTS=required, but Ray is missing: pip install 'ray~=2.60' -c constraints.txt", 1)
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.skip(reason="Ray is missing: pip install 'ray~=2.60' -c constraints.txt"))


class TwoNodes:
    """Its second node can be killed, and comes back."""

    def __init__(self, temporary: Path) -> None:
        from ray.cluster_utils import Cluster as Nodes

        common = {"num_cpus": 1, "object_store_memory": 100 * 2**20}
        head = {**common, "include_dashboard": False, "temp_dir": str(temporary)}
        self._nodes = Nodes(initialize_head=True, connect=False, head_node_args=head)
        self._common = common
        self.address = self._nodes.address
        self._second = None
        self.whole()

    def whole(self) -> None:
        if self._second is None:
            self._second = self._nodes.add_node(**self._common)
            self._nodes.wait_for_nodes()

    def kill_one(self) -> None:
        """As a power cut does."""
        second, self._second = self._second, None
        self._nodes.remove_node(second, allow_graceful=False)

    def end(self) -> None:
        self._nodes.shutdown()


@pytest.fixture(scope="session")
def started(tmp_path_factory) -> Iterator[TwoNodes]:
    before = dict(os.environ)
    os.environ.update(QUIET, **TOKEN, PYTHONPATH=os.pathsep.join((str(HERE / "deadly"), str(ROOT))))
    made = TwoNodes(Path("/tmp/ray-of-tests"))
    try:
        yield made
    finally:
        made.end()
        for name in os.environ.keys() - before.keys():
            del os.environ[name]
        os.environ.update(before)


@pytest.fixture
def nodes(started) -> TwoNodes:
    """Both of them."""
    started.whole()
    return started


@pytest.fixture
def run_on(tiny_model, tiny_folder, records, inspection):
    """A run on a cluster that has done nothing yet; closed at the end."""
    made: list[ClusterRun] = []

    def make(address: str, path: Path, workers: int = 0, into: str = inspection, **settings) -> ClusterRun:
        cluster = Cluster(address, tiny_folder, per_node=workers)
        run = ClusterRun(tiny_model, open_source(path), records, into, cluster, FolderSettings(**settings))
        made.append(run)
        return run

    yield make
    for run in made:
        run.close()


def with_workers(run: ClusterRun, count: int) -> ClusterRun:
    """Waited for."""
    run.connect()
    wait_for(lambda: run.standing is not None and run.standing.workers == count)
    return run
