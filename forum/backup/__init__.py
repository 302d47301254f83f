"""Backups: everything that the forum holds, in one private file, and back again into either kind of database."""
