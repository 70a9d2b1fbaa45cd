"""The same photo under several maskers and budgets."""

import streamlit as st

from crackxai.ui import compare_page, resources, shell
from crackxai.ui.text import t

model = shell.enter()
st.header(t("compare.title"), anchor=False)
st.markdown(t("compare.words"))
item = compare_page.choose_item()
if item is not None:
    photo = resources.photo(item)
    compare_page.maskers(model, photo, item)
    compare_page.ladder(model, photo, item)
shell.leave()
