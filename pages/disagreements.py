"""Where people and machine differ, why, and what is learnt of it."""

import streamlit as st

from crackxai.ui import disagreements_page, shell
from crackxai.ui.text import t

model = shell.enter()
with st.container(key="disagreements"):
    st.header(t("disagreements.title"), anchor=False)
    st.markdown(t("disagreements.words"))
    photos = disagreements_page.choose()
if photos:
    disagreements_page.beside_the_card(model, photos)
    disagreements_page.reasons(photos)
    disagreements_page.months(photos)
    disagreements_page.listing(photos)
    disagreements_page.to_train(photos)
shell.leave()
