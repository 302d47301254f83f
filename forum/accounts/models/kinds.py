"""What an account can be (role, standing), and what its profile consists of."""

from __future__ import annotations

import enum

# What a profile consists of; each part is for everybody, or for the person and the admins only.
PROFILE_PARTS = ("bio", "sector", "place", "links", "speaks", "joined", "contributions")
KEEP_POSTS, REMOVE_POSTS = "name", "posts"  # what goes with an account: the name alone, or the posts too


class Role(enum.StrEnum):
    """What somebody may do beyond taking part. An expert is a netizen who holds a credential."""

    NETIZEN = "netizen"
    MODERATOR = "moderator"
    ADMIN = "admin"


class Standing(enum.StrEnum):
    """How far an account has come: its address unconfirmed; waiting for a moderator's yes; in use; left for good."""

    UNCONFIRMED = "unconfirmed"
    WAITING = "waiting"
    ACTIVE = "active"
    CLOSED = "closed"
