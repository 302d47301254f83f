"""What moderators write to each other about a case, and how they hand a case over."""
