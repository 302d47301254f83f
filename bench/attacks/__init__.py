"""Attacks on a forum that really runs: scripts with figures, too long for the suite. See docs/security.md."""
