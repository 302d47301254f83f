"""Who is let into a part of the site: visitors are asked to sign in, others read for whom it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from forum.accounts.models import Person
from forum.accounts.policy import may_administer
from forum.core.errors import Forbidden
from forum.core.extensions import login_manager

Door = Callable[[], ResponseReturnValue | None]


def only(may: Callable[[Person], bool], for_whom: Any) -> Door:
    """Return what a blueprint asks before each request; whoever is signed in and may not enter reads `for_whom`."""

    def let_in() -> ResponseReturnValue | None:
        if not current_user.is_authenticated:
            return login_manager.unauthorized()
        if not may(current_user):
            raise Forbidden(for_whom)
        return None

    return let_in


only_admins = only(may_administer, _l("This part is for administrators."))
