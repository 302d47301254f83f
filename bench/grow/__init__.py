"""Forums of ten thousand to ten million posts, filled and measured: `python -m bench.grow` (`make bench-grow`)."""
