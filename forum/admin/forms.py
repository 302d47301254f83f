"""Forms of the administration that belong to no other room."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice

from forum.accounts.models import Role
from forum.core.forms import Form

ROLE_WORDS = {
    Role.NETIZEN: _l("Netizen"),
    Role.MODERATOR: _l("Moderator"),
    Role.ADMIN: _l("Administrator"),
}


class RoleForm(Form):
    """What somebody may do from now on."""

    role = RadioField(_l("Role"), choices=[SelectChoice(str(role), words) for role, words in ROLE_WORDS.items()])
