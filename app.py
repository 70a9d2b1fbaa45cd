"""CrackXAI in the browser: ``streamlit run app.py``."""

import streamlit as st

st.set_page_config(page_title="CrackXAI", page_icon=":material/troubleshoot:", layout="wide")
st.navigation([st.Page("pages/photo.py", title="Photo", icon=":material/image_search:", default=True)]).run()
