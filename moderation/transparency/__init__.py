"""What everybody may see of moderation: the public log and what it is checked with, and the figures of each month."""
