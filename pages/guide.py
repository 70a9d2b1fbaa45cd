"""How to read a map, and what it cannot say."""

import streamlit as st

from crackxai.ui import guide_page, shell
from crackxai.ui.text import t

model = shell.enter()
st.header(t("guide.title"), anchor=False)
for name in guide_page.EXAMPLES:
    guide_page.section(model, name)
st.subheader(t("guide.limits"), anchor=False)
st.markdown(t("guide.limits-words"))
st.subheader(t("guide.checks"), anchor=False)
st.markdown(t("guide.checks-words"))
st.subheader(t("guide.keys"), anchor=False)
st.markdown(t("guide.keys-words"))
guide_page.glossary()
shell.leave()
