"""All that knows Streamlit."""

from crackxai.ui.local_addresses import stay_local

stay_local()
