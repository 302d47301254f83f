"""Forms of getting in: sign-in, second step, forgotten password, proof, authenticator, passkeys."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired

from forum.accounts.forms import RegisterForm
from forum.core.forms import Form, Line
from forum.entry.passkeys import NAME_LIMIT

_FILL_IN = _l("Please fill this in.")


class LoginForm(Form):
    """Signing in with a name or an e-mail address."""

    username = StringField(_l("User name or e-mail address"), [InputRequired(_FILL_IN)])
    password = PasswordField(_l("Password"), [InputRequired(_FILL_IN)])
    next = HiddenField()


class PasskeyForm(Form):
    """A passkey's answer, which the page's script puts in."""

    passkey = HiddenField()
    next = HiddenField()


class SecondForm(Form):
    """The second step: a code, or a passkey's answer."""

    code = StringField(_l("Code"))
    passkey = HiddenField()
    next = HiddenField()


class ForgotForm(Form):
    """Who has forgotten their password."""

    username = StringField(_l("User name or e-mail address"), [InputRequired(_FILL_IN)])


class ResetForm(Form):
    """A new password by a link."""

    new_password = PasswordField(_l("New password"), [InputRequired(_FILL_IN)])


class ProofForm(Form):
    """Showing again that it is oneself; any one of the three is enough."""

    proof_password = PasswordField(_l("Password"))
    proof_code = StringField(_l("Code from your authenticator app"))
    proof_passkey = HiddenField()
    next = HiddenField()


class CodeForm(Form):
    """The first code of an authenticator app that is being set up."""

    code = StringField(_l("Code"), [InputRequired(_FILL_IN)])


class PasskeyNameForm(Form):
    """A passkey and what its owner calls it."""

    name = Line(_l("Name"), NAME_LIMIT, required=False)
    passkey = HiddenField()


class OnwardForm(Form):
    """Nothing but where to go on to."""

    next = HiddenField()


class ProviderSignupForm(RegisterForm):
    """A new account that is signed in to by way of a provider: a sign-up like any other, but for the password."""

    password = None
