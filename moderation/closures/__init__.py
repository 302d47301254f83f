"""Closing an account for spam: all its posts go in one breath for whoever decides, in steps for the database."""
