"""Who may do what with accounts, and which names may be borne; pure functions for the button and the action."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _l

from forum.accounts.models import Person, Role, User
from forum.core.text import skeleton

# Names that would speak for the forum, for all of its people or for nobody.
_RESERVED = """
admin administrator administration root system sysop superuser webmaster operator staff team official support
help helpdesk service security moderator moderators mod mods moderation expert experts verified gathering
forum everyone everybody all here anybody nobody anonymous guest visitor deleted removed unknown undefined
null none me 管理员 超级管理员 系统管理员 站长 版主 超级版主 分论坛版主 审核员 系统 系统消息 官方 官方账号
客服 小助手 专家 认证专家 汇聚 论坛 所有人 全体成员 全体 匿名 匿名用户 游客 访客 已删除 已注销 用户已注销
"""

# A display name stands beside real badges and role words; these would imitate them (compared on the name's
# skeleton, so that other scripts and full-width letters don't help).
_BADGE_SIGNS = "✓✔☑✅🗸🗹🮱⍻√🏅🎖🛡⚕🔰◉◎㉿🉐🉑㊣💮🏵🎗⚜✪Ⓥⓥ🅥🆅"
_BADGE_WORDS = (
    "verified", "official", "moderator", "administrator", "expert", "认证", "官方", "管理员", "版主", "专家",
    "已验证", "已核实", "专家资质",
)  # fmt: skip
# Letters that the skeleton leaves apart, since no user name can have them or tells them from others: small capitals,
# white letters on black, digits that are read as letters, the Japanese form of 专.
_LIKE_LETTERS: dict[str, str | int | None] = {
    **dict(zip("ᴀʙᴄᴅᴇꜰғɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢꓦ", "abcdeffghijklmnoprstuvwyzv", strict=True)),
    **{chr(first + place): chr(97 + place) for first in (0x1F150, 0x1F170, 0x1F1E6) for place in range(26)},
    "3": "e",
    "専": "专",
}


def bare(name: str) -> str:
    """Return the name's skeleton without separators: what is compared with words rather than with other names."""
    return skeleton(name).replace("_", "")


@cache
def _reserved_bare() -> frozenset[str]:
    """The reserved names as they are compared; made when first asked for, as folding Han loads a table of 2 MB."""
    return frozenset(map(bare, _RESERVED.split()))


def is_reserved(name: str, site_name: str = "") -> bool:
    """Whether nobody may register under this name; look-alikes of a reserved name count as well."""
    return bare(name) in _reserved_bare() or bool(site_name and bare(name) == bare(site_name))


def imitates_badge(display_name: str) -> bool:
    """Whether a display name carries a sign or word that this forum gives only to those it has verified."""
    seen = bare(display_name.translate(str.maketrans(_LIKE_LETTERS)))
    return has_badge_sign(display_name) or any(bare(word) in seen for word in _BADGE_WORDS)


def has_badge_sign(words: str) -> bool:
    """Whether the words carry a sign that stands for something verified."""
    return any(sign in words for sign in _BADGE_SIGNS)


def may_take_part(person: Person) -> bool:
    """Whether the person may write and change things: signed in, address confirmed, not suspended, silenced, closed."""
    return bool(person.is_authenticated and person.is_confirmed and not (person.is_suspended or person.is_silenced))


def is_established(person: Person) -> bool:
    """Whether the person may also do what is done to others (flag, invite): no moderator's yes is missing."""
    return may_take_part(person) and bool(person.is_approved)


def why_not_confirmed(person: Person) -> Any | None:
    """Say what somebody who is signed in has to do before they can write, or None."""
    if not person.is_authenticated or person.is_confirmed:
        return None
    return _l("Please confirm your e-mail address first: the link is in the letter that we sent you.")


def may_flag_profile(by: Person, person: User) -> bool:
    """Whether `by` may flag what somebody else says of themselves, while there is anybody to say it."""
    return is_established(by) and by.id != person.id and not person.is_closed and person.merging_into_id is None


def why_not_invite(person: Person) -> Any | None:
    """Say why the person may not invite others: who vouches has been vouched for, and has been read here."""
    if not may_take_part(person):
        return why_not_confirmed(person) or _l("You may not invite anybody while you can't take part.")
    if not person.is_approved:
        return _l("You can invite others once a moderator has approved your account.")
    if person.is_newcomer:
        return _l("You can invite others once three of your posts have been published.")
    return None


_LIMITED_AS = ("", "", "_MEMBER", "_REGULAR")


def limit_row(act: str, person: Person) -> str:
    """Return the row of config.LIMITS for "THREAD", "REPLY", "EDIT" or "FLAG" by this person: trust widens them."""
    return act + _LIMITED_AS[person.standing_level]


def may_administer(person: Person) -> bool:
    """Whether the person may use the administration."""
    return may_take_part(person) and bool(person.is_admin)


def may_change_role(by: Person | None, user: Person, role: str) -> bool:
    """Whether `by` may give `user` the role: an admin may, never their own; None is the operator at the console.

    Since nobody changes their own role, whoever takes the last other admin's role away is an admin who remains.
    """
    return role in set(Role) and (by is None or (may_administer(by) and by.id != user.id))


def may_suspend(by: Person | None, user: Person) -> bool:
    """Whether `by` may suspend `user`: a moderator any netizen, an admin also a moderator, nobody an admin or self."""
    if user.is_admin or by is None:
        return by is None
    if by.id == user.id or not may_take_part(by):
        return False
    return bool(by.is_admin or (by.is_moderator and not user.is_moderator))


def may_lift(by: Person | None, user: Person) -> bool:
    """Whether `by` may end a suspension of `user` early: a moderator any netizen's, an admin also staff's, nobody their
    own. Unlike `may_suspend` it asks what both are now: a suspended person may have been made an admin since."""
    if by is None:
        return True
    if by.id == user.id or not may_take_part(by):
        return False
    return bool(by.is_admin or (by.is_moderator and not user.is_moderator))


def longer(former: datetime | None, until: datetime) -> datetime:
    """Return the later of two ends: a second decision never shortens a suspension."""
    return max(former, until) if former else until
