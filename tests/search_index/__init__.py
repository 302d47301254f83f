"""Search: one suite for both engines, and each engine's own dangers."""
