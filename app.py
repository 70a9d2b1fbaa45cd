"""CrackXAI in the browser: ``streamlit run app.py``."""

from pathlib import Path

import streamlit as st

from crackxai.ui.text import t

# A file of our own: Streamlit fetches the pictures of emoji and Material icons in the tab from the internet.
ICON = Path(__file__).parent / "crackxai" / "ui" / "icon.svg"

st.set_page_config(page_title="CrackXAI", page_icon=ICON, layout="wide")
st.logo(ICON, size="large")
PAGES = {"photo": "image_search", "compare": "compare", "model": "monitoring", "guide": "menu_book"}
st.navigation(
    [
        st.Page(f"pages/{name}.py", title=t(f"pages.{name}"), icon=f":material/{icon}:", default=name == "photo")
        for name, icon in PAGES.items()
    ]
).run()
