"""Sizes and ratings of a photo, which people alone give: what is recorded, and a form for another."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from crackxai.errors import RecordsError
from crackxai.inspection.dossier import Dossier, PhotoDossier
from crackxai.inspection.records.decisions import Rating
from crackxai.inspection.records.rating_scales import RatingScale, rating_scales
from crackxai.inspection.records.sizes import Dimension, Size, SizeKind
from crackxai.ui import inspection_session as session
from crackxai.ui import inspections
from crackxai.ui.formats import plain
from crackxai.ui.inspection_words import when
from crackxai.ui.text import t

KINDS: tuple[SizeKind, ...] = ("measured", "class", "none")
"""That are recorded here; an estimate comes from a scale that was stated in a photo."""
DIMENSIONS: tuple[Dimension, ...] = ("width", "length")


def show(dossier: Dossier, photo: PhotoDossier) -> None:
    """What is recorded, and the forms, empty for each photo and after each record; closed at first."""
    told = t("size.title", sizes=len(photo.sizes), ratings=len(photo.ratings))
    with st.expander(told, icon=":material/straighten:", key="sizes"):
        for row in photo.sizes:
            st.markdown(f"- {size_words(row.said.size)} · {plain(row.said.who)}, {when(dossier.said_at(row))}")
        for rating in photo.ratings:
            st.markdown(f"- {rating_words(rating.said)} · {plain(rating.said.who)}, {when(dossier.said_at(rating))}")
        if inspections.may("size"):
            _size(dossier, photo)
            _rating(dossier, photo)


def size_words(size: Size) -> str:
    """What it is of, how large, and how that is known."""
    of = t(f"size.{size.of}")
    if size.kind == "none":
        return t("size.none-words", of=of)
    if size.kind == "class":
        return t("size.class-words", of=of, name=plain(size.size_class), scale=plain(size.scale))
    mm = f"{size.mm:g}" if size.error_mm is None else f"{size.mm:g} ± {size.error_mm:g}"
    how = t("size.measured-by", tool=plain(size.tool)) if size.kind == "measured" else plain(size.scale)
    return t("size.words", of=of, mm=mm, how=how)


def rating_words(rating: Rating) -> str:
    """The scale, its edition, and the value of each part."""
    scales = rating_scales()
    name = scales[rating.scale].name if rating.scale in scales else rating.scale
    values = ", ".join(f"{part} {value}" for part, value in rating.values.items())
    return t("size.rating-words", scale=plain(name), edition=plain(rating.edition), values=plain(values))


def _size(dossier: Dossier, photo: PhotoDossier) -> None:
    # What was typed for a photo must never be recorded of another.
    of_it = f"{photo.sha256[:12]}-{len(photo.sizes)}"
    kind: SizeKind = st.segmented_control(
        t("size.kind"), KINDS, required=True, default="measured", key=f"size-kind-{of_it}",
        format_func=lambda each: t(f"size.{each}"),
    )  # fmt: skip
    with st.form(f"size-{of_it}", border=False):
        dimension: Dimension = st.segmented_control(
            t("size.of"), DIMENSIONS, required=True, default="width", key=f"size-of-{of_it}",
            format_func=lambda each: t(f"size.{each}"),
        )  # fmt: skip
        facts: dict[str, Any] = {}
        one, two = st.columns(2)
        if kind == "measured":
            for column, name, label in ((one, "mm", t("size.mm")), (two, "error_mm", t("size.error"))):
                facts[name] = column.number_input(
                    label, value=None, min_value=0.0, step=0.05, format="%g", key=f"size-{name}-{of_it}"
                )
            facts["tool"] = st.text_input(
                t("size.tool"), key=f"size-tool-{of_it}", max_chars=100, placeholder=t("size.tool-example")
            )
        elif kind == "class":
            facts["size_class"] = one.text_input(
                t("size.class-name"), key=f"size-class-{of_it}", max_chars=100, placeholder=t("size.class-example")
            )
            facts["scale"] = two.text_input(t("size.class-scale"), key=f"size-scale-{of_it}", max_chars=100)
        if not st.form_submit_button(t("size.record"), key=f"record-size-{of_it}"):
            return
    if not all(value for name, value in facts.items() if name != "error_mm"):
        st.error(t(f"size.needs-{kind}"), icon=":material/error:")
        return
    try:
        size = Size(kind, dimension, **{name: value for name, value in facts.items() if value})
        inspections.records().add_size(dossier.id, photo.sha256, size)
    except RecordsError as error:
        st.error(plain(error.message), icon=":material/error:")
        return
    session.tell("success", t("size.recorded"))
    st.rerun()


def _rating(dossier: Dossier, photo: PhotoDossier) -> None:
    scales, of_it = rating_scales(), f"{photo.sha256[:12]}-{len(photo.ratings)}"
    key = st.radio(
        t("size.scale"),
        list(scales),
        index=None,
        key=f"rating-scale-{of_it}",
        format_func=lambda each: plain(scales[each].name),
    )
    if key is None:
        return
    scale = scales[key]
    st.caption(t("size.as-found", edition=plain(scale.edition), source=plain(scale.source)))
    with st.form(f"rating-{of_it}", border=False):
        values = {
            part: st.pills(
                plain(part),
                list(scale.parts[part]),
                key=f"rating-{key}-{part}-{of_it}",
                wrap=True,
                format_func=partial(_class_words, scale, part),
            )
            for part in scale.parts
        }
        remarks = st.text_input(t("size.rating-remarks"), key=f"rating-remarks-{of_it}", max_chars=500)
        if not st.form_submit_button(t("size.record-rating"), key=f"record-rating-{of_it}"):
            return
    chosen = {part: value for part, value in values.items() if value is not None}
    if len(chosen) < len(values):
        st.error(t("size.needs-rating", parts=plain(", ".join(values))), icon=":material/error:")
        return
    inspections.records().add_rating(dossier.id, photo.sha256, key, chosen, remarks.strip())
    session.tell("success", t("size.recorded"))
    st.rerun()


def _class_words(scale: RatingScale, part: str, value: str) -> str:
    return f"{value}: {plain(scale.parts[part][value])}"
