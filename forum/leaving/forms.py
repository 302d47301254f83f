"""The form that asks how an account is to be deleted."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from forum.accounts.models import KEEP_POSTS, REMOVE_POSTS
from forum.core.forms import Form


class LeaveForm(Form):
    """What becomes of the posts, and the password."""

    choice = RadioField(
        _l("What becomes of what you wrote"),
        choices=[
            SelectChoice(KEEP_POSTS, _l("Remove my name: my posts stay, their author is called “Deleted account”")),
            SelectChoice(REMOVE_POSTS, _l("Remove my posts: others see that something was deleted there, no more")),
        ],
        validators=[InputRequired(_l("Please choose what becomes of your posts."))],
    )
    password = PasswordField(_l("Your password"), validators=[InputRequired(_l("Please fill this in."))])
