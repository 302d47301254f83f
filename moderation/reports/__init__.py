"""Flags on messages: the copies that somebody sends to the moderators, and what these decide."""
