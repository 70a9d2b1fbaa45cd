"""CrackXAI in the browser: ``streamlit run app.py``."""

from pathlib import Path

import streamlit as st

# A file of our own: Streamlit fetches the pictures of emoji and Material icons in the tab from the internet.
ICON = Path(__file__).parent / "crackxai" / "ui" / "icon.svg"

st.set_page_config(page_title="CrackXAI", page_icon=ICON, layout="wide")
st.navigation([st.Page("pages/photo.py", title="Photo", icon=":material/image_search:", default=True)]).run()
