"""Sample people and discussions, for trying out; never in production."""

# Of every sample account, on machines where the forum is tried out
PASSWORD = "seven lanterns on the river"  # noqa: S105 - no secret: it is printed
