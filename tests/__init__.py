"""What proves the forum, mirroring its packages."""
