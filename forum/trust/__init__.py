"""Trust: what people have read and contributed, the level that follows from it, and unread marks."""
