"""Tests of the room of messages."""
