"""One photo: its crack probability, and why."""

import streamlit as st

from crackxai.ui import (
    add_photos,
    first_sight,
    glance,
    occlusion_panel,
    photo_page,
    photos,
    resources,
    scan_panel,
    scans,
    shell,
    state,
    verdict_panel,
)
from crackxai.ui.text import t

model = shell.enter()
item = photos.choose(model)
if item is None:
    st.info(t("photos.welcome"), icon=":material/arrow_upward:")
    first_sight.show(model)
else:
    scanned = scans.worth(model, resources.photo(item))
    if scanned:
        scan_panel.show(model, item)
        scan_panel.opened(model, item)
    shown = state.opened(item)
    photo = resources.photo(shown)
    beside, words = verdict_panel.show(model, photo, shown)
    with words:
        settings, fill = photo_page.form(model, photo, shown)
        if scanned:
            scan_panel.explain_worst(model, item, settings)
    with beside:
        photo_page.picture(model, photo, shown, settings)
        glance.show(model, photo, shown)
    run = photo_page.show(model, photo, shown, settings)
    add_photos.offer(model, shown, photo_page.explained(run))
    occlusion_panel.show(model, shown.id, fill, run)
shell.leave()
