"""Several maps of one photo beside each other: maskers, and budgets."""

from __future__ import annotations

import dataclasses

import numpy as np
import streamlit as st

from crackxai import CrackModel, Explanation, Photo
from crackxai.explain.agreement import agreeing_share, consensus, rank_correlation
from crackxai.explain.convergence import last_step
from crackxai.explain.maskers import compared
from crackxai.explain.methods import METHODS, method_of
from crackxai.explain.parameters import parameters_of
from crackxai.explain.regions import PREFERRED, REGIONS
from crackxai.explain.settings import MethodSettings
from crackxai.inspection.pictures import Look, drawn
from crackxai.render import display_picture, own_limit, png
from crackxai.ui import compared_tests, map_quality, map_tests, maps, polling, resources, runs, session_return, state
from crackxai.ui.formats import duration, masker_name, percent, plain
from crackxai.ui.runs import Run
from crackxai.ui.state import Item, ItemId, RunKey
from crackxai.ui.text import message, t

BUDGETS = (100, 200, 500, 1000, 2000)
LADDER = (100, 500, 1000, 5000)
ACROSS = 4
"""Maps in a row."""
LOOK = Look()
_MASKERS, _LADDER = "_compared", "_ladder"


def candidates() -> list[MethodSettings]:
    """What can be compared: the first method with each masker at the values that are told apart, and each other one
    once, as it is by default."""
    first, *others = METHODS.values()
    found = [first.make_settings(dataclasses.asdict(fill)) for fill in compared()]
    return found + [method.make_settings({}) for method in others]


def _usual(offered: list[MethodSettings]) -> list[int]:
    """Places of those that are chosen at first: of the first method, all whose numbers are the defaults."""
    return [
        place
        for place, settings in enumerate(offered)
        if settings.method == next(iter(METHODS))
        and all(getattr(settings, each.name) == each.default for each in parameters_of(settings))
    ]


def _tree() -> str:
    """What was chosen on the Photo page."""
    tree: str = st.session_state.get("regions", PREFERRED)
    return tree


def _with(settings: MethodSettings, max_evals: int, regions: str) -> MethodSettings:
    """A method that has no regions goes without."""
    return method_of(settings).make_settings(settings.as_dict() | {"max_evals": max_evals, "regions": regions})


def choose_item() -> Item | None:
    """One of the session's photos or a sample, the one under inspection first; None until one is chosen.

    A photo of the engineer's own that is gone is not silently replaced by a sample.
    """
    items = [*state.items(), *resources.samples()]
    selected = state.selected()
    names = [t("photos.sample", number=item.sample) if item.sample else item.name for item in items]
    gone = session_return.lost() or selected is not None
    first = items.index(selected) if selected in items else None if gone else len(state.items())
    place = st.selectbox(
        t("compare.photo"),
        range(len(items)),
        index=first,
        format_func=lambda i: names[i],
        placeholder=t("compare.choose"),
    )
    if place is not None and place != first:
        state.select(items[place])
        st.rerun()
    return None if place is None else items[place]


def maskers(model: CrackModel, photo: Photo, item: Item) -> None:
    """The same photo under several maskers."""
    st.subheader(t("compare.maskers"), anchor=False)
    choice, spending, start = st.columns([7, 3, 2], gap="medium", vertical_alignment="bottom")
    offered = candidates()
    fills = [i for i, settings in enumerate(offered) if settings.method == next(iter(METHODS))]
    chosen: list[int] = []
    for key, label, places in (
        ("compare-maskers", t("controls.masker"), fills),
        ("compare-methods", t("compare.methods"), [i for i in range(len(offered)) if i not in fills]),
    ):
        chosen += choice.pills(
            label,
            places,
            selection_mode="multi",
            default=[i for i in _usual(offered) if i in places],
            format_func=lambda i: masker_name(offered[i]),
            key=key,
            wrap=True,
        )
    trees = choice.pills(
        t("controls.regions"),
        list(REGIONS),
        selection_mode="multi",
        default=[_tree()],
        format_func=lambda name: t(f"regions.{name}"),
        key="compare-regions",
    )
    budget = spending.select_slider(t("controls.max-evals"), BUDGETS, 500, key="compare-budget")
    wanted = list(
        dict.fromkeys(_with(offered[i], budget, name) for i in sorted(chosen) for name in REGIONS if name in trees)
    )
    if start.button(
        t("compare.start"),
        key="compare",
        type="primary",
        icon=":material/play_arrow:",
        shortcut="e",
        width="stretch",
        disabled=len(wanted) < 2,
        help=t("compare.two") if len(wanted) < 2 else None,
    ):
        keys = [runs.start(model, photo, item, settings) for settings in wanted]
        st.session_state[_MASKERS] = _subject(model, photo), keys, budget
    of, keys, budget = st.session_state.get(_MASKERS, (None, [], 0))
    if of == _subject(model, photo):
        polling.follow([*keys, *map_tests.of_runs(keys)], _maskers, model, item.id, keys, budget)


def _subject(model: CrackModel, photo: Photo) -> tuple[str, str, str, str]:
    """What a comparison is of; it is not shown with another photo or model."""
    return photo.key, photo.name, model.key, model.precision


def _maskers(model: CrackModel, of: ItemId, keys: list[RunKey], budget: int) -> None:
    item = runs.find_item(of)
    found = {key: run for key in keys if (run := runs.find(key)) is not None}
    _waiting(keys)
    results = {
        # A run may have gone further for another page; what is compared is the same budget, of those that have one.
        key: run.read(budget)
        if run.explainer.evaluations >= budget and method_of(key.settings).has_budget
        else run.explainer.explanation()
        for key, run in found.items()
        if run.readable
    }
    if not results or item is None:
        return
    limit = max(own_limit(result.values) for result in results.values())
    for place, (key, result) in enumerate(results.items()):
        if place % ACROSS == 0:
            columns = st.columns(ACROSS, gap="medium")
        with columns[place % ACROSS]:
            st.markdown(f"**{masker_name(result.settings)}**")
            alt = maps.in_words(result)
            st.image(maps.drawn_png(item, key, result, 480, limit, LOOK), width="stretch", alt=alt)
            hidden, words = st.columns([1, 3], vertical_alignment="center")
            background = found[key].explainer.hidden()
            if background is not None:
                hidden.image(png(display_picture(background, 96)), alt=t("baseline.alt"))
            facts = {
                "base": percent(result.base_value),
                "evaluations": f"{result.evaluations:,}",
                "time": duration(result.seconds),
            }
            once = background is None and result.evaluations == 1
            told = "compare.facts" if background is not None else "compare.facts-unhidden"
            words.caption(t("compare.facts-once", **facts) if once else t(told, **facts))
            if background is not None and result.base_value >= state.decision(model)[0]:
                st.warning(t("baseline.cracked", base=percent(result.base_value)), icon=":material/warning:")
    st.html(maps.scale(limit, LOOK, *(result.settings for result in results.values())))
    if len(results) > 1:
        _agreement(resources.display(item, 480), list(results.values()), limit)
    if all(run.job is None for run in found.values()):
        compared_tests.show(model, results)


def _agreement(picture: np.ndarray, results: list[Explanation], limit: float) -> None:
    st.subheader(t("compare.agreement"), anchor=False, help=t("compare.agreement-help"))
    names = [masker_name(result.settings) for result in results]
    values = [result.values for result in results]
    table, common = st.columns([3, 2], gap="large")
    with table:
        rows = [
            {"": names[i]}
            | {
                names[j]: f"{rank_correlation(values[i], values[j]):.2f}".replace("nan", "–")
                for j in range(len(values))
            }
            for i in range(len(values))
        ]
        st.table(rows, hide_index=True)
        st.markdown(t("compare.share", share=f"{100 * agreeing_share(values):.0f}"))
    with common:
        agreed = consensus(values)
        image = drawn(picture, agreed, limit, LOOK)
        st.image(image, width="stretch", caption=t("compare.consensus"), alt=t("compare.consensus-alt"))


def _waiting(keys: list[RunKey]) -> None:
    """Progress of what is under way, errors of what failed, and one button to stop it all."""
    for key in keys:
        if problem := state.messages().get(key):
            st.error(f"{runs.name(key)}: {plain(message(problem))}", icon=":material/error:")
    active = {key: job for key, job in state.jobs().items() if key in keys}
    for key, job in active.items():
        st.progress(job.evaluations / job.total, text=f"{runs.name(key)}: {runs.progress_text(job)}")
    if active and st.button(t("explanation.cancel"), key=f"cancel-{len(keys)}", icon=":material/stop:", shortcut="x"):
        for key in active:
            runs.cancel(key)


def ladder(model: CrackModel, photo: Photo, item: Item) -> None:
    """The map at rising budgets, all from one run, and how it converges."""
    st.divider()
    st.subheader(t("compare.ladder"), anchor=False, help=t("compare.ladder-help"))
    choice, start = st.columns([8, 2], gap="medium", vertical_alignment="bottom")
    # A method that needs what it needs has no budget to raise.
    offered = [settings for settings in candidates() if method_of(settings).has_budget]
    place = choice.segmented_control(
        t("controls.masker"),
        range(len(offered)),
        default=_usual(offered)[0],
        required=True,
        format_func=lambda i: masker_name(offered[i]),
        key="ladder-masker",
        wrap=True,
    )
    regions = choice.segmented_control(
        t("controls.regions"),
        list(REGIONS),
        default=_tree(),
        required=True,
        format_func=lambda name: t(f"regions.{name}"),
        key="ladder-regions",
    )
    if start.button(
        t("compare.ladder-start", total=f"{LADDER[-1]:,}"),
        key="ladder",
        icon=":material/play_arrow:",
        width="stretch",
    ):
        settings = _with(offered[place], LADDER[-1], regions)
        st.session_state[_LADDER] = _subject(model, photo), runs.start(model, photo, item, settings)
    of, key = st.session_state.get(_LADDER, (None, None))
    if of == _subject(model, photo):
        polling.follow([key], _ladder, item.id, key)


def _ladder(of: ItemId, key: RunKey) -> None:
    _waiting([key])
    run, item = runs.find(key), runs.find_item(of)
    if run is None or item is None or not run.readable:
        return
    passed = [n for n in LADDER if n <= run.explainer.evaluations] or [run.explainer.evaluations]
    results = [run.read(n) for n in passed]
    limit = own_limit(results[-1].values)
    for column, result in zip(st.columns(len(LADDER), gap="small"), results, strict=False):
        caption = t("compare.at", evaluations=f"{result.evaluations:,}", time=duration(result.seconds))
        image = maps.drawn_png(item, key, result, 360, limit, LOOK)
        column.image(image, width="stretch", caption=caption, alt=maps.in_words(result))
    st.html(maps.scale(limit, LOOK, run.key.settings))
    _convergence(run)


def _convergence(run: Run) -> None:
    done = run.explainer.evaluations
    # While it runs, up to the last step that it passed: a curve to each new batch would be all that is computed.
    total = done if run.job is None else last_step(done)
    found = resources.convergence(run.key, run.explainer, total)
    if found is not None:
        map_quality.curve(found)
