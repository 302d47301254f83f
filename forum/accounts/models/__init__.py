"""Rows about people and facts about them; the other rooms import them from this door."""

from forum.accounts.models.age import AgeChange, Guardian
from forum.accounts.models.history import NameChange, RoleGrant
from forum.accounts.models.joining import Consent, Invitation
from forum.accounts.models.kinds import KEEP_POSTS, PROFILE_PARTS, REMOVE_POSTS, Role, Standing
from forum.accounts.models.signing_in import KnownDevice, OneTimeLink, Session
from forum.accounts.models.ties import Tie
from forum.accounts.models.user import User
from forum.accounts.models.visitor import Person, Visitor

__all__ = [
    "KEEP_POSTS",
    "PROFILE_PARTS",
    "REMOVE_POSTS",
    "AgeChange",
    "Consent",
    "Guardian",
    "Invitation",
    "KnownDevice",
    "NameChange",
    "OneTimeLink",
    "Person",
    "Role",
    "RoleGrant",
    "Session",
    "Standing",
    "Tie",
    "User",
    "Visitor",
]
