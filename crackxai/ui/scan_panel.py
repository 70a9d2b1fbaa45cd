"""A photo that is larger than the model can take in: its scan, its findings, and windows opened from it."""

from __future__ import annotations

import dataclasses
import weakref
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from crackxai import CrackModel, Photo, Scan
from crackxai.explain.settings import MethodSettings
from crackxai.inspection import scan_files, scan_wording, wording
from crackxai.inspection.findings import Finding
from crackxai.inspection.scan_report import scan_report
from crackxai.inspection.stated_scale import DrawnLine
from crackxai.photo import Box
from crackxai.render import PALETTES, layer, own_limit
from crackxai.render import png as png_of
from crackxai.ui import gate, polling, resources, runs, scale_panel, scans, state, viewer
from crackxai.ui.controls import chosen_look
from crackxai.ui.formats import duration, plain
from crackxai.ui.scans import Scanning
from crackxai.ui.state import Item, ItemId, RunKey, ScanKey
from crackxai.ui.text import message, t, texts
from crackxai.ui.verdict_panel import sign

LISTED = 20
"""Findings in the list and on the photo, the best ones."""
WORST = 5
"""Windows that are explained at one press of a button."""
LIST_HEIGHT = 260
"""Pixels; more findings are scrolled to."""
_VIEWED, _CHANGED = "_viewed", "_scan_changed"


def show(model: CrackModel, item: Item) -> None:
    """The scan of the whole photo, begun if it never was: photo, heat, findings; choosing one opens its window."""
    key = scans.key_of(model, item)
    if key not in state.scanned():
        scans.start(model, item)
    scans.watch(key)
    with st.container(key="scan"):
        polling.follow([key, *_explained(key)], _draw, model, item.id, key)
        # Apart from what is drawn anew while the scan goes on: a number is typed here.
        scale_panel.show(model, item.id, key)


def explain_worst(model: CrackModel, item: Item, settings: MethodSettings) -> None:
    """The button that explains the windows of the worst findings, with the settings of the page, one after another."""
    found = scans.find(scans.key_of(model, item))
    worst = found.read().findings[:WORST] if found else ()
    if worst and st.button(
        t("scan.explain-worst", count=len(worst)),
        key="explain-worst",
        icon=":material/auto_awesome_motion:",
        help=t("scan.explain-worst-help"),
    ):
        for finding in worst:
            window = item.window(finding.tile)
            runs.start(model, resources.photo(window), window, settings)
        st.rerun()


def opened(model: CrackModel, item: Item) -> None:
    """What of the photo the instrument below shows, and the way back to all of it."""
    shown = state.opened(item)
    with st.container(horizontal=True, vertical_alignment="center", key="opened"):
        if shown.box is None:
            st.subheader(t("scan.whole"), anchor=False, width="content", help=t("scan.whole-help"))
            return
        found = scans.find(scans.key_of(model, item))
        numbers = [n for n, each in enumerate(found.read().findings, 1) if each.tile == shown.box] if found else []
        title = t("scan.opened", number=numbers[0]) if numbers else t("scan.opened-own")
        st.subheader(title, anchor=False, width="content")
        st.button(
            t("scan.back"),
            key="scan-back",
            icon=":material/fullscreen:",
            type="tertiary",
            on_click=_open,
            args=(item.id, None),
        )


def _draw(model: CrackModel, of: ItemId, key: ScanKey) -> None:
    if st.session_state.pop(_CHANGED, False):
        # Another window is opened, which the rest of the page shows.
        st.rerun()
    item, found = runs.find_item(of), scans.find(key)
    if problem := state.messages().get(key):
        st.error(plain(message(problem)), icon=":material/error:")
    if item is None:
        return
    if found is None:
        st.info(t("scan.gone"), icon=":material/inventory_2:")
        st.button(t("scan.again"), key="scan-again", on_click=_go_on, args=(model, of))
        return
    scan = found.read()
    seen, told = st.columns([5, 4], gap="medium")
    with told:
        _verdict(scan)
        _progress(model, item, found, scan)
        _list(item, scan)
        look, strength = _look()
        _downloads(model, item, found, scan)
    with seen:
        _viewer(item, key, scan, look, strength)


def _verdict(scan: Scan) -> None:
    with st.container(key="scan-verdict"):
        if not scan.tiles:
            st.header(t("scan.title"), anchor=False)
            return
        under_way = not scan.complete and not scan.counted
        title = t("scan.so-far") if under_way else scan_wording.verdict_title(texts(), scan)
        st.header(title if under_way else f"{sign(scan.verdict)} {title}", anchor=False)
        st.markdown(scan_wording.verdict_words(texts(), scan))
        if scan.complete and scan.unexamined:
            st.warning(t("scan.unexamined", count=len(scan.unexamined)), icon=":material/visibility_off:")


def _progress(model: CrackModel, item: Item, found: Scanning, scan: Scan) -> None:
    if found.job is not None:
        bar, stop = st.columns([3, 2], vertical_alignment="center")
        bar.progress(scan.tiles / scan.total, text=scans.progress_text(found.job))
        stop.button(
            t("scan.stop"),
            icon=":material/stop:",
            key="scan-stop",
            width="stretch",
            disabled=found.job.cancelled,
            on_click=scans.cancel,
            args=(found.key,),
        )
    elif not found.scanner.finished:
        st.info(t("scan.stopped", done=f"{scan.tiles:,}", total=f"{scan.total:,}"), icon=":material/pause_circle:")
        st.button(t("scan.go-on"), key="scan-go-on", icon=":material/play_arrow:", on_click=_go_on,
                  args=(model, item.id))  # fmt: skip
    else:
        st.caption(t("scan.made", tiles=f"{scan.tiles:,}", time=duration(scan.seconds)))


def _list(item: Item, scan: Scan) -> None:
    listed = scan.findings[:LISTED]
    if not listed:
        if scan.complete:
            st.caption(t("scan.none"))
        return
    shown = state.opened(item).box
    place = next((i for i, each in enumerate(listed) if each.tile == shown), None)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(t("scan.findings", count=len(scan.findings)), width="stretch")
        _step(item, "scan-previous", "chevron_left", "k", listed, None if place is None else place - 1)
        _step(item, "scan-next", "chevron_right", "j", listed, 0 if place is None else place + 1)
    with st.container(height=min(LIST_HEIGHT, 52 * len(listed) + 34), key="scan-list"):
        for number, finding in enumerate(listed, 1):
            st.button(
                _in_words(number, finding, scan),
                key=f"finding-{number}",
                width="stretch",
                type="primary" if finding.tile == shown else "secondary",
                on_click=_open,
                args=(item.id, finding.tile),
                help="  \n".join(scan_wording.doubts(texts(), finding, scan)) or None,
            )


def _step(item: Item, key: str, icon: str, shortcut: str, listed: tuple[Finding, ...], to: int | None) -> None:
    there = listed[to] if to is not None and 0 <= to < len(listed) else None
    st.button(
        t(f"photos.{key.removeprefix('scan-')}"),
        key=key,
        icon=f":material/{icon}:",
        shortcut=shortcut,
        disabled=there is None,
        on_click=_open,
        args=(item.id, there.tile if there else None),
    )


def _in_words(number: int, finding: Finding, scan: Scan) -> str:
    facts = {"number": number, "score": f"{finding.score:.2f}", "length": f"{finding.length:,.0f}"}
    length = None if finding.weak else scan.length(finding)
    if length is None:
        parts = [t("scan.finding-lone" if finding.weak else "scan.finding", **facts)]
    else:
        parts = [t("scan.finding-measured", **facts, measured=wording.length_words(texts(), length))]
    if finding.score < scan.threshold:
        parts.append(t("scan.below"))
    if finding.doubts or finding.depends_on_grid:
        parts.append(sign("review"))
    return " · ".join(parts)


def _open(of: ItemId, box: Box | None) -> None:
    """For callbacks, which Streamlit keeps for longer than the session lasts: no photo is held by them."""
    if item := runs.find_item(of):
        state.open_window(item, box)
    st.session_state[_CHANGED] = True


def _measured(of: ItemId, line: DrawnLine) -> None:
    """For callbacks: a line of known length was drawn; how long it is remains to be asked."""
    if item := runs.find_item(of):
        state.draw_line(item, line)
        scale_panel.ask_for_length()
    st.session_state[_CHANGED] = True


def _go_on(model: CrackModel, of: ItemId) -> None:
    if item := runs.find_item(of):
        scans.start(model, item)


def _look() -> tuple[str, float]:
    """What lies over the photo, and how strongly (0-1)."""
    what, how = st.columns([3, 2], vertical_alignment="bottom")
    layers = what.segmented_control(
        t("scan.layers"),
        ("heat", "maps", "none"),
        default="heat",
        required=True,
        format_func=lambda name: t(f"scan.layer-{name}"),
        key="scan-layers",
        wrap=True,
        persist_state="session",
        help=t("scan.layers-help"),
    )
    strength = how.slider(t("look.opacity"), 0, 100, 60, 5, key="scan-opacity", persist_state="session")
    return layers or "heat", strength / 100


def _viewer(item: Item, key: ScanKey, scan: Scan, look: str, strength: float) -> None:
    photo, shown, of = resources.photo(item), state.opened(item).box, item.id
    palette = st.session_state.get("palette", next(iter(PALETTES)))
    layers = []
    if look == "heat" and scan.tiles:
        layers = [viewer.Layer(scan_files.heat_layer(scan, strength, palette), photo.box)]
    elif look == "maps":
        layers = _maps(key, strength, palette)
    tiles = [finding.tile for finding in scan.findings[:LISTED]]
    spots = [
        viewer.Spot(
            number,
            finding.box,
            str(number),
            _in_words(number, finding, scan),
            "counts" if finding.score >= scan.threshold else "weak",
        )
        for number, finding in enumerate(scan.findings[:LISTED], 1)
    ]
    if shown is not None:
        spots.append(viewer.Spot(0, shown, "", t("scan.opened-own"), "opened"))
    viewer.view(
        item.key,
        scan.photo_size,
        resources.picture(("jpeg", item.key, viewer.SIDE), lambda: viewer.jpeg(photo.rgb, viewer.SIDE)),
        t("photos.alt", name=photo.name),
        layers,
        spots,
        _detail(of, photo),
        shown,
        state.drawn_line(item),
        "viewer",
        chosen=lambda number: _open(of, tiles[number - 1] if 0 < number <= len(tiles) else shown),
        marked=lambda box: _open(of, box),
        measured=lambda line: _measured(of, line),
        viewed=lambda box: st.session_state.update({_VIEWED: (of, box)}),
    )
    if look == "maps":
        st.caption(t("scan.maps-words") if layers else t("scan.no-maps"))


def _detail(of: ItemId, photo: Photo) -> tuple[Box, bytes] | None:
    """Of the part that the engineer last zoomed to."""
    seen, box = st.session_state.get(_VIEWED, (None, None))
    if seen != of or box is None:
        return None
    there = viewer.around(photo, box)
    made = ("part", photo.key, there)
    return there, resources.picture(made, lambda: viewer.jpeg(photo.window(there).rgb, viewer.DETAIL_SIDE))


def _explained(key: ScanKey) -> list[RunKey]:
    """Runs of windows of this photo by this model, the oldest first."""
    start = f"{key.photo}:"
    of = key.name, key.model, key.precision
    return [each for each in state.asked() if each.photo.startswith(start) and each[1:4] == of]


def _windows(key: ScanKey) -> list[tuple[RunKey, Box]]:
    """The newest readable run of each explained window, and the window's box."""
    newest: dict[Box, RunKey] = {}
    for each in _explained(key):
        run, box = runs.find(each), state.asked()[each].item.box
        if run is not None and run.readable and box is not None:
            newest[box] = each
    return [(each, box) for box, each in newest.items()]


def _maps(key: ScanKey, strength: float, palette: str) -> list[viewer.Layer]:
    """The maps of the explained windows, on one colour scale."""
    found = [(box, runs.find(each)) for each, box in _windows(key)]
    results = [(box, run.explainer.explanation()) for box, run in found if run is not None]
    if not results:
        return []
    limit = max(own_limit(result.values) for _, result in results)
    return [viewer.Layer(layer(result.values, limit, strength, palette), box, rim=True) for box, result in results]


def _downloads(model: CrackModel, item: Item, found: Scanning, scan: Scan) -> None:
    """Report, picture, table, numbers and record of the scan; each file is made when it is asked for."""
    if not scan.tiles:
        return
    held, windows, decision = weakref.ref(item.window(None)), _windows(found.key), state.decision(model)
    # The language and the look are those of now: the server makes the file later, outside of the page's script.
    words, look = texts(), chosen_look()

    def there() -> Item:
        if (kept := held()) is None:
            raise LookupError  # its session has ended
        return kept

    def picture() -> bytes:
        return png_of(scan_files.picture(resources.photo(there()), scan))

    def report() -> str:
        photo, explained = resources.photo(there()), []
        for run_key, box in windows:
            # What was given up meanwhile is left out.
            if (run := resources.runs().peek(run_key)) is not None:
                verdict = resources.judged(model, there().window(box)).under(*decision)
                explained.append(dataclasses.replace(run.explanation(), verdict=verdict))
        return scan_report(photo, scan, explained, words, look)

    files: tuple[tuple[str, Callable[[], str | bytes], str, str], ...] = (
        ("report", report, "html", "text/html"),
        ("picture", picture, "png", "image/png"),
        ("findings", lambda: scan_files.as_csv(scan), "csv", "text/csv"),
        ("record", lambda: scan_files.as_json(scan), "json", "application/json"),
        ("heat", lambda: scan_files.as_npz(scan), "npz", "application/octet-stream"),
    )
    with st.container(horizontal=True, gap="small"):
        for name, data, ending, mime in files:
            st.download_button(
                t(f"scan.file-{name}"),
                gate.guarded(data),
                f"{Path(item.name).stem}-scan.{ending}",
                mime,
                key=f"scan-file-{name}",
                on_click="ignore",
                type="tertiary",
                icon=":material/download:",
                disabled=found.job is not None,
            )
