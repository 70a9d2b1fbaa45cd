"""What the model is, how good it is, and at which threshold it decides."""

import streamlit as st

from crackxai.ui import modelling, shell
from crackxai.ui.text import t

model = shell.enter()
st.header(t("model.title"), anchor=False)
modelling.choice(model)
modelling.decision(model)
modelling.figures(model)
modelling.card(model)
shell.leave()
