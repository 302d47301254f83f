"""What a picture may be and what is made of it; the process that decodes pictures reads this too."""

SIZES = (48, 96, 192)  # pixels of the squares that are kept: a small, a usual and a large portrait on a fine screen
FILE_BYTES = 4 * 1024 * 1024  # Discourse's limit (checks.md section 3)
MOST_PIXELS = 40_000_000  # more than a good telephone takes; decoded it fits the memory of the child
LEAST_SIDE = 48  # a smaller one could only be blown up

# How the child says why it refuses, by its exit status.
REFUSALS = {10: "kind", 11: "pixels", 12: "small", 13: "broken"}
EXIT = {reason: status for status, reason in REFUSALS.items()}
