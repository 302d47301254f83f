"""One's own data: the archive of everything kept about somebody, and the deletion of an account."""
