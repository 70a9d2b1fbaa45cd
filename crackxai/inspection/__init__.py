"""Whole jobs over photos: how results are said and handed over. Knows no Streamlit."""
