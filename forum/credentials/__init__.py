"""Credentials (专家资质): applied for, decided, renewed, and their holders reminded before they end."""
