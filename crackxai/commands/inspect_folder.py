"""``inspect``: the photos of a folder, a ZIP archive or a URI, judged into an inspection on record."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from crackxai.commands.model import load_model
from crackxai.commands.named_inspection import PARTICULARS, Named, find_or_begin
from crackxai.commands.terminal import FAILED, OK, SOME_FAILED, answer, answer_json, progress_bar, say
from crackxai.errors import SourceError
from crackxai.printable import printable

if TYPE_CHECKING:
    from crackxai.inspection.cluster.link import Cluster
    from crackxai.inspection.folder_run import FolderRun
    from crackxai.inspection.folder_settings import FolderResult, FolderSettings
    from crackxai.inspection.photo_source import LeftOut, PhotoSource
    from crackxai.inspection.records.records import Records
    from crackxai.model.classifier import CrackModel

LISTED = 10
"""Duplicates and left out files that are told by name; JSON has all."""


def inspect(args: argparse.Namespace) -> int:
    """Judge the photos of a folder, a ZIP or a URI into an inspection; stopped and begun again, it goes on."""
    from crackxai.inspection.folder_settings import FolderSettings
    from crackxai.inspection.photo_source import open_source
    from crackxai.inspection.records.records import open_records
    from crackxai.inspection.remote_files import RemotePlace, is_uri, trust
    from crackxai.inspection.scan import ScanSettings

    if is_uri(args.source):
        # Maps are made of the photos as they are recorded, so that they are read again.
        trust(RemotePlace.read(args.source))
    cluster = _cluster(args)
    source = open_source(args.source)
    try:
        if not source.photos:
            _tell_left_out(source.left_out)
            raise SourceError(f"{args.source}: expected photos, found none. Name the folder or the ZIP that has them.")
        settings = FolderSettings(
            scan=ScanSettings() if args.scan else None, explain_worst=args.explain_worst, copy=args.copy
        )
        particulars = {name: value for name in PARTICULARS if (value := getattr(args, name)) is not None}
        with open_records(args.db) as records:
            model = load_model(args)
            named = find_or_begin(records, args.inspection, particulars)
            _tell_inspection(named)
            run = _run(model, source, records, named.row.inspection, settings, cluster)
            try:
                with progress_bar(run.total, run.photo_name, "photo") as progress:
                    run.advance(progress=progress)
            finally:
                run.close()
                _tell(args, named, run)
    finally:
        source.close()
        if cluster is not None:
            from crackxai.inspection.cluster.beside import wait_until_gone

            # The next command would find a cluster that is about to end.
            wait_until_gone()
    return _status(run.result())


def _cluster(args: argparse.Namespace) -> Cluster | None:
    """Where it is computed; None: here."""
    if args.ray is None:
        return None
    from crackxai.inspection.cluster.link import Cluster

    cluster = Cluster(args.ray, args.model, args.runtime, args.ray_workers)
    # Before anything is begun.
    cluster.reach()
    return cluster


def _run(
    model: CrackModel,
    source: PhotoSource,
    records: Records,
    inspection: str,
    settings: FolderSettings,
    cluster: Cluster | None,
) -> FolderRun:
    if cluster is None:
        from crackxai.inspection.folder_run import FolderRun

        return FolderRun(model, source, records, inspection, settings)
    from crackxai.inspection.cluster.cluster_run import ClusterRun

    run = ClusterRun(model, source, records, inspection, cluster, settings)
    try:
        standing = run.connect()
    except BaseException:
        run.close()
        raise
    say(f"Ray: {standing.workers} worker(s) on {standing.nodes} node(s) ready; others join as they are")
    return run


def _status(result: FolderResult) -> int:
    if not result.outcomes:
        return FAILED
    return SOME_FAILED if result.failures or result.unmapped else OK


def _tell_inspection(named: Named) -> None:
    what = "begun" if named.begun else "its particulars were said anew" if named.edited else "gone on with"
    say(f"inspection {named.row.said.name!r}, {named.row.inspection}: {what}")


def _tell(args: argparse.Namespace, named: Named, run: FolderRun) -> None:
    """How it stands; also where it was stopped."""
    result = run.result()
    _tell_left_out(result.left_out)
    for problem in getattr(run, "problems", ()):
        say(f"Ray: {problem}")
    for failure in (*result.failures, *result.unmapped):
        say(f"error: {failure.why}")
    for each in result.duplicates[:LISTED]:
        say(f"{each.place}: the same photo as {each.of}, taken once")
    if (more := len(result.duplicates) - LISTED) > 0:
        say(f"... and {more} more that are the same as others")
    if args.json:
        answer_json(_as_json(named, run.finished, result))
        return
    for line in _lines(run.finished, result):
        answer(line)


def _tell_left_out(left_out: tuple[LeftOut, ...] | Any) -> None:
    by_reason: dict[str, list[str]] = {}
    for each in left_out:
        by_reason.setdefault(each.why, []).append(each.place)
    for why, places in by_reason.items():
        names = ", ".join(places[:3]) + (", ..." if len(places) > 3 else "")
        say(f"{len(places)} left out ({why}): {names}")


def _lines(finished: bool, result: FolderResult) -> list[str]:
    way, verdict = result.by_way, result.by_verdict
    lines = [
        f"photos: {result.done} of {result.photos}; judged now {way['judged']}, known already "
        f"{way['known'] + way['already']}, twice {len(result.duplicates)}, unusable {len(result.failures)}",
        f"crack {verdict['crack']}, no crack {verdict['no-crack']}, needs review {verdict['review']}",
    ]
    if result.maps or result.known_maps or result.unmapped:
        lines.append(f"maps: {result.maps} made, {result.known_maps} known already")
    rate = f", {result.done / result.seconds:.1f} photos/s" if result.seconds > 0 and not result.maps else ""
    lines.append(f"{result.seconds:.1f} s{rate}")
    return lines if finished else [*lines, "stopped: the same command goes on from here"]


def _as_json(named: Named, finished: bool, result: FolderResult) -> Mapping[str, Any]:
    def failed(failures: Any) -> list[dict[str, str]]:
        return [{"photo": each.place, "error": printable(each.why)} for each in failures]

    return {
        "inspection": {"id": named.row.inspection, "name": named.row.said.name, "begun": named.begun},
        "finished": finished,
        "photos": [
            {
                "photo": each.place,
                "sha256": each.sha256,
                "came": each.came,
                "verdict": each.verdict,
                "probability": each.probability,
            }
            for each in result.outcomes
        ],
        "failures": failed(result.failures),
        "duplicates": [{"photo": each.place, "of": each.of} for each in result.duplicates],
        "left_out": [{"file": each.place, "why": printable(each.why)} for each in result.left_out],
        "verdicts": dict(result.by_verdict),
        "maps": {"made": result.maps, "known": result.known_maps, "failures": failed(result.unmapped)},
        "seconds": round(result.seconds, 3),
    }
