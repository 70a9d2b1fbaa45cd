"""The same photo under several maskers and budgets."""

import streamlit as st

from crackxai.ui import comparing, resources, shell
from crackxai.ui.text import t

model = shell.enter()
st.header(t("compare.title"), anchor=False)
st.markdown(t("compare.words"))
photo = resources.photo(comparing.choose_item())
comparing.maskers(model, photo)
comparing.ladder(model, photo)
shell.leave()
