"""Administration: sub-themes, people, credentials."""
