"""The conference's sub-themes (分论坛): rows that an admin edits; and the home page."""
