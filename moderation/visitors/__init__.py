"""Flags of people without an account: asked for by a form, counted once a link in a letter was opened and confirmed."""
