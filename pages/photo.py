"""One photo: its crack probability, and why."""

import streamlit as st

from crackxai.ui import first_sight, occlusion_panel, photo_page, photos, resources, shell, verdict_panel
from crackxai.ui.text import t

model = shell.enter()
item = photos.choose(model)
if item is None:
    st.info(t("photos.welcome"), icon=":material/arrow_upward:")
    first_sight.show(model)
else:
    photo = resources.photo(item)
    with verdict_panel.show(model, photo, item):
        settings, fill = photo_page.form(model, photo, item)
    shown = photo_page.show(model, photo, item, settings)
    occlusion_panel.show(model, item.id, fill, shown)
shell.leave()
