"""Threads and posts: writing, reading, states, history, moderators' tools."""
