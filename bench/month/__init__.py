"""A month of moderation, played and recounted: `python -m bench.month`."""
