"""Tests of forum/core."""
