"""Streamlit pages: widgets to command to service to message."""
