"""Moderation in the open: flags, cases, decisions, held posts. It knows posts; posts do not know it."""
