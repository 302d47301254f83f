"""Purging: the words of a removed post go for good, where a law asks for it; the row stays as a tombstone."""
