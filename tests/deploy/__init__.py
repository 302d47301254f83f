"""What deploy/ holds is read by the programs that it is for, and holds together with the forum's own settings."""
