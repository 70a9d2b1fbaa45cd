"""CrackXAI in the browser: ``streamlit run app.py``."""

import streamlit as st

from crackxai.ui import server
from crackxai.ui.text import t

if __name__ == "__main__":  # a visit: Streamlit runs this file anew
    st.set_page_config(page_title="CrackXAI", page_icon=server.ICON, layout="wide")
    st.logo(server.ICON, size="large")
    PAGES = {
        "photo": "image_search", "compare": "compare", "inspection": "fact_check", "disagreements": "rule",
        "model": "monitoring", "guide": "menu_book",
    }  # fmt: skip
    if server.asks_for_login():
        PAGES["people"] = "group"
    st.navigation(
        [
            st.Page(f"pages/{name}.py", title=t(f"pages.{name}"), icon=f":material/{icon}:", default=name == "photo")
            for name, icon in PAGES.items()
        ]
    ).run()
else:  # the start: Streamlit imports this file and serves what is named app
    app = st.App(__file__, lifespan=server.started, middleware=server.MIDDLEWARE)
