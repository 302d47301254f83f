"""What Sentry and a collector of traces are told, and what they never are."""
