"""Import and export of whole discussions in the interchange format (docs/interchange.md)."""
