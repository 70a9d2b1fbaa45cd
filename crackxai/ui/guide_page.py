"""How to read a map, on samples that are drawn and explained while one reads."""

from __future__ import annotations

import streamlit as st

from crackxai import CrackModel, ExplainSettings
from crackxai.explain.maskers import MASKERS, masker_parameters
from crackxai.explain.regions import REGIONS
from crackxai.render import own_limit
from crackxai.ui import maps, polling, resources, runs, state
from crackxai.ui.compare_page import LOOK
from crackxai.ui.formats import masker_name, percent, plain
from crackxai.ui.state import RunKey
from crackxai.ui.text import message, t

CRACKED, SOUND = 1, 2
"""Samples of the examples."""
EXAMPLES = {
    "colours": ((CRACKED, ExplainSettings("mean", max_evals=300)), (SOUND, ExplainSettings("mean", max_evals=300))),
    "maskers": tuple(
        (CRACKED, ExplainSettings(masker, 31, max_evals=300)) for masker in ("inpaint_telea", "blur", "mean")
    ),
    "regions": tuple((CRACKED, ExplainSettings("blur", max_evals=100, regions=regions)) for regions in REGIONS),
    "budgets": ((CRACKED, ExplainSettings("mean", max_evals=2000)),),
}
READ_AT = {"budgets": (100, 500, 2000)}
"""Where one run is shown at several budgets."""
_STARTED = "_guide"


def section(model: CrackModel, name: str) -> None:
    """Message, and the example behind a button: nobody's queue is filled by reading."""
    st.subheader(t(f"guide.{name}"), anchor=False)
    st.markdown(t(f"guide.{name}-words"))
    started: dict[str, list[RunKey]] = st.session_state.setdefault(_STARTED, {})
    if st.button(t("guide.show"), key=f"show-{name}", icon=":material/play_arrow:"):
        started[name] = [
            runs.start(model, resources.photo(_sample(n)), _sample(n), settings) for n, settings in EXAMPLES[name]
        ]
        st.rerun()
    keys = started.get(name, [])
    if keys and keys[0].model == model.key:
        polling.follow(keys, _example, name, keys)


def _sample(number: int) -> state.Item:
    return resources.samples()[number - 1]


def _example(name: str, keys: list[RunKey]) -> None:
    shown = []
    for (number, settings), key in zip(EXAMPLES[name], keys, strict=True):
        if problem := state.messages().get(key):
            st.error(plain(message(problem)), icon=":material/error:")
        run = runs.find(key)
        if run is None:
            continue
        if run.job is not None:
            st.progress(run.job.evaluations / run.job.total, text=runs.progress_text(run.job))
        done = run.explainer.evaluations
        budgets = [n for n in READ_AT.get(name, (settings.max_evals,)) if n <= done] or [done] * run.readable
        shown += [(number, key, run.read(budget)) for budget in budgets]
    if not shown:
        return
    limit = max(own_limit(result.values) for *_, result in shown)
    for column, (number, key, result) in zip(st.columns(3, gap="medium"), shown, strict=False):
        caption = t(
            "guide.caption",
            masker=masker_name(result.settings),
            evaluations=f"{result.evaluations:,}",
            base=percent(result.base_value),
            probability=percent(result.probability),
        )
        image = maps.drawn_png(_sample(number), key, result, 360, limit, LOOK)
        column.image(image, width="stretch", caption=caption, alt=maps.in_words(result))
    st.html(maps.scale(limit, LOOK, *(result.settings for *_, result in shown)))


def glossary() -> None:
    """The field's terms."""
    st.subheader(t("guide.glossary"), anchor=False)
    for term in ("shap", "owen", "base", "masker"):
        st.markdown(f"**{t(f'glossary.{term}')}** — {t(f'glossary.{term}-words')}")
    for name in MASKERS:
        st.markdown(f"**{t(f'masker.{name}')}** — {t(f'masker-words.{name}')}")
    for each in masker_parameters():
        st.markdown(f"**{t(f'parameter.{each.name}')}** — {t(f'parameter-help.{each.name}')}")
    st.markdown(f"**{t('glossary.regions')}** — {t('glossary.regions-words')}")
    for name in REGIONS:
        st.markdown(f"**{t('glossary.regions')}: {t(f'regions.{name}')}** — {t(f'regions-words.{name}')}")
    for term in ("max-evals", "additivity", "threshold", "review", "calibration", "auc", "fingerprint"):
        st.markdown(f"**{t(f'glossary.{term}')}** — {t(f'glossary.{term}-words')}")
