"""How fast the forum is, as ratios to bare Flask on the same server program: `make bench`, `make bench-quick`."""
