"""Experts (专家): credentials for sub-themes, granted and revoked by an admin, worn on single answers."""
