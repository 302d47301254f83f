"""Somebody arrives: the session, the browser that is known from now on, and the letter about one that was not."""

from __future__ import annotations

from dataclasses import dataclass

from forum.accounts import known_devices, owner_mail, sessions
from forum.accounts.models import User
from forum.accounts.sessions import Proof
from forum.core.database import transaction


@dataclass(frozen=True)
class Browser:
    """What is known of the browser that sends a request: what it calls itself, its address and its device token."""

    user_agent: str = ""
    address: str = ""
    device_token: str = ""


@dataclass(frozen=True)
class Arrival:
    """The tokens for the two cookies of somebody who has just signed in."""

    token: str
    device_token: str


def arrive(user: User, browser: Browser, proof: Proof, *, is_first: bool = False) -> Arrival:
    """Sign `user` in on `browser` and know it from now on; its owner is told of a new one, but not at sign-up."""
    with transaction():
        device, device_token, is_new = known_devices.remember(user.id, browser.device_token, browser.user_agent)
        token = sessions.start(user, browser.user_agent, address=browser.address, proof=proof, device_id=device.id)
        if is_new and not is_first:
            owner_mail.tell_of_new_device(user, browser.user_agent)
    return Arrival(token, device_token)
