"""People: accounts, roles, sessions, profiles."""
