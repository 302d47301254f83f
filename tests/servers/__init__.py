"""Real servers for the tests: PostgreSQL, Redis, a whole forum, a browser. All end with the tests, even when killed."""
