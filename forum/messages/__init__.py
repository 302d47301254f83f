"""Messages between people: conversations of two or a few, seen by nobody else."""
