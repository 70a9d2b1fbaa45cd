"""Starting, watching and stopping the runs over folders of one browser session."""

from __future__ import annotations

from crackxai import CrackModel
from crackxai.errors import SourceError
from crackxai.inspection.cluster.cluster_run import ClusterRun
from crackxai.inspection.cluster.link import Cluster
from crackxai.inspection.folder_run import FolderRun
from crackxai.inspection.folder_settings import FolderSettings
from crackxai.inspection.photo_source import PhotoSource
from crackxai.ui import inspections, resources, state
from crackxai.ui.formats import duration
from crackxai.ui.job import Job
from crackxai.ui.jobs import Queue, QueueFull
from crackxai.ui.state import FolderKey
from crackxai.ui.text import later, t


def cluster() -> Cluster:
    """The owner's, with the session's model. Raises ClusterError: Ray is not installed, or the address is none."""
    name = (state.choice() or (resources.DEFAULT_MODEL, ""))[0]
    return Cluster(resources.cluster_address() or "", resources.model_folders().get(name))


def start(
    model: CrackModel,
    inspection: str,
    source: PhotoSource,
    settings: FolderSettings,
    cluster: Cluster | None = None,
) -> None:
    """Judge the photos of a source into an inspection; an earlier run of it is given up, what it recorded stays.

    Parameters
    ----------
    cluster : where it is computed; None: here.

    Raises
    ------
    SourceError : it has no photo, or copies cannot be kept.
    RecordsError : there is no such inspection.
    """
    if not source.photos:
        source.close()
        raise SourceError(later("folder.no-photos", name=source.name))
    try:
        run = (
            FolderRun(model, source, inspections.records(), inspection, settings)
            if cluster is None
            else ClusterRun(model, source, inspections.records(), inspection, cluster, settings)
        )
    except BaseException:
        source.close()
        raise
    key = FolderKey(inspection)
    stop(key)
    if (before := state.folder_runs().get(key)) is not None:
        before.close()
    state.folder_runs()[key] = run
    state.folder_jobs().pop(key, None)
    go_on(key)


def go_on(key: FolderKey) -> None:
    """Take the run of an inspection to its end; for callbacks, too. Whatever else is asked for goes before it."""
    run = state.folder_runs().get(key)
    under_way = state.folder_jobs().get(key)
    if run is None or run.finished or (under_way is not None and not under_way.cancelled):
        return
    state.messages().pop(key, None)
    presence, away = state.presence(), resources.vault().keep_s
    # It goes on while its page is away, for as long as the session is kept for it to come back.
    elsewhere = isinstance(run, ClusterRun)
    # On a cluster runs come one after another, whosever: each takes all of it, and turns would only wait for room.
    owner = "cluster" if elsewhere else state.owner()
    kind = ("folder", run.settings, elsewhere)
    job = Job(run, run.total, kind, lambda: presence.connected(away), owner, False, True)
    try:
        _queue(run).submit(job)
    except QueueFull as full:
        state.messages()[key] = full.message
    else:
        state.folder_jobs()[key] = job


def stop(key: FolderKey) -> None:
    """Between two photos; what is recorded stays, and the run can be gone on with."""
    if job := state.folder_jobs().get(key):
        _queue(job.explainer).cancel(job)


def collect() -> bool:
    """Put away the jobs that have ended, with what they had to say; whether there were any."""
    ended = [key for key, job in state.folder_jobs().items() if job.done]
    for key in ended:
        job = state.folder_jobs().pop(key)
        if job.explainer.finished:
            job.explainer.close()
        if job.error:
            state.messages()[key] = job.error
    return bool(ended)


def progress_text(job: Job[FolderRun]) -> str:
    """How far a run is, in words: photos done, how fast, how long still."""
    queue, result = _queue(job.explainer), job.explainer.result()
    if job.cancelled:
        return t("job.stopping")
    left = queue.seconds_left(job)
    time_left = t("job.soon") if left is None else t("job.left", time=duration(left))
    if job.waiting and not result.done:
        return t("job.waiting", ahead=queue.ahead(job), time_left=time_left)
    facts = {"done": f"{result.done:,}", "total": f"{result.photos:,}", "time_left": time_left}
    if result.done == result.photos:
        return t("folder.mapping", maps=result.maps + result.known_maps, **facts)
    rate = result.done / result.seconds if result.done and result.seconds else None
    if job.waiting:
        return t("folder.gives-way", **facts)
    speed = t("job.warming-up") if rate is None else t("folder.rate", rate=f"{rate:.1f}")
    if isinstance(job.explainer, ClusterRun):
        standing = job.explainer.standing
        if standing is None:
            return t("folder.cluster-waits", **facts)
        return t("folder.cluster-running", speed=speed, workers=standing.workers, **facts)
    return t("folder.running", speed=speed, **facts)


def _queue(run: FolderRun) -> Queue:
    return resources.cluster_queue() if isinstance(run, ClusterRun) else resources.queue()
