"""One photo: its crack probability, and why."""

import streamlit as st

from crackxai.ui import erasing, instrument, photos, resources, shell, verdict
from crackxai.ui.text import t

model = shell.enter()
item = photos.choose(model)
if item is None:
    st.info(t("photos.welcome"), icon=":material/arrow_upward:")
else:
    photo = resources.photo(item)
    with verdict.show(model, photo, item):
        settings = instrument.form(model, photo)
    instrument.show(model, photo, item)
    erasing.show(model, photo, settings)
shell.leave()
