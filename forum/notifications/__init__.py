"""Notices: what happened to somebody's posts, threads and flags while they were away."""
