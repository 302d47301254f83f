"""Flags on profiles: what somebody says of themselves as it was flagged, cleared, given back."""
