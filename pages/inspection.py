"""Inspections: photos of a structure gone through, decided on, and signed for."""

import streamlit as st

from crackxai.ui import inspection_page, shell
from crackxai.ui.text import t

model = shell.enter()
st.header(t("inspection.title"), anchor=False)
inspection_page.show(model)
shell.leave()
