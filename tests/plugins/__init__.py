"""Fixtures that do not know the application: servers and browsers. tests/conftest.py loads them by name."""
