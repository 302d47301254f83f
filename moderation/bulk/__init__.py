"""Deciding several cases at once: bounded, told line by line, and reversible as one."""
