"""What the model is, how good it is, and at which threshold it decides."""

import streamlit as st

from crackxai.ui import model_page, origins_panel, scan_trade_panel, shell
from crackxai.ui.text import t

model = shell.enter()
st.header(t("model.title"), anchor=False)
model_page.choice(model)
model_page.decision(model)
model_page.figures(model)
origins_panel.show(model)
scan_trade_panel.show(model)
model_page.card(model)
shell.leave()
