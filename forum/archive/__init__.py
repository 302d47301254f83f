"""Import and export in the interchange format."""
