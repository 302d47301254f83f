"""The lists: home page, sub-themes, a person's page."""
