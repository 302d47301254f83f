"""Trust: reading, unread marks, levels."""
