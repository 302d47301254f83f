"""Screening before publication: watched words and domains, repeats, bursts, hidden text; and the civil question."""
