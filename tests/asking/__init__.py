"""Sessions with experts."""
