"""Forms: the base with CSRF and translated messages, and the fields through which every text is normalised."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from flask import request
from flask_babel import get_locale, gettext, ngettext
from flask_wtf import FlaskForm
from flask_wtf.csrf import _FlaskFormCSRF
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.csrf.core import CSRFTokenField
from wtforms.i18n import DummyTranslations, get_translations
from wtforms.utils import unset_value
from wtforms.validators import ValidationError

from forum.core import text
from forum.core.errors import Refused
from forum.core.i18n import LANGUAGES


@lru_cache(maxsize=len(LANGUAGES))
def _of_library(language: str) -> Any:
    return DummyTranslations() if language == "en" else get_translations([language])


class _Words:
    """The same in the page's language, which a form that is accepted never asks for."""

    @staticmethod
    def gettext(words: str) -> str:
        return str(_of_library(str(get_locale() or "en")).gettext(words))

    @staticmethod
    def ngettext(one: str, many: str, number: int) -> str:
        return str(_of_library(str(get_locale() or "en")).ngettext(one, many, number))


class _TokenField(CSRFTokenField):
    """The token of a form, which is made when it is drawn, and not for one that was sent and is done with."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.type = CSRFTokenField.__name__  # by which templates know what isn't to be seen

    def process(self, *given: Any, **named: Any) -> None:
        """Take what was sent."""
        HiddenField.process(self, *given, **named)

    def _value(self) -> str:
        return str(self.csrf_impl.generate_csrf_token(self))


class _Tokens(_FlaskFormCSRF):
    field_class = _TokenField


class OnceField(HiddenField):
    """What a new form carries by its default; one that was sent carries what it had, and needs no new one."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.type = HiddenField.__name__

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Take what was sent, else the default."""
        if formdata is not None and self.name in formdata:
            data = ""
        super().process(formdata, data, extra_filters)


class Form(FlaskForm):
    """Base of all forms. A refused one keeps everything that was typed and answers 422."""

    class Meta(FlaskForm.Meta):
        """Where the fields come from."""

        def wrap_formdata(self, form: FlaskForm, formdata: Any) -> Any:
            """Return only texts: Flask-WTF also takes uploaded files and JSON, whose values are something else."""
            if formdata is None or isinstance(formdata, MultiDict):
                return formdata
            return request.form if form.is_submitted() else None

        csrf_class = _Tokens

        def get_translations(self, _form: FlaskForm) -> Any:
            """Return WTForms' own words; Flask-WTF reads and parses their catalogue anew at each request."""
            return _Words

    def refuse(self, field: str, message: Any) -> None:
        """Put `message` beside `field`, for refusals that an action raised; Markup keeps its links."""
        words = message if isinstance(message, Markup) else str(message)
        self[field].errors = [*self[field].errors, words]

    def refuse_by(self, field: str, refusal: Refused) -> None:
        """Put what an action refused beside `field`; what typing anew can't mend (403, 404, 409, 503) goes on."""
        if refusal.status != Refused.status:
            raise refusal
        self.refuse(field, refusal.message)


def normalized(normalize: Callable[..., str], typed: str, limit: int, *, required: bool) -> str:
    """Return the text as it is stored, or raise ValidationError with a message that says the numbers."""
    try:
        return normalize(typed, limit, least=1 if required else 0)
    except text.TooLong as error:
        over = error.length - error.limit
        message = ngettext(
            "This is %(num)s character too long (%(limit)s are possible).",
            "This is %(num)s characters too long (%(limit)s are possible).",
            over,
            limit=error.limit,
        )
        raise ValidationError(message) from error
    except text.Blank as error:
        raise ValidationError(gettext("Please fill this in.")) from error


class Line(StringField):
    """One line of text of at most `limit` code points."""

    def __init__(self, label: Any, limit: int, *, required: bool = True, **options: Any) -> None:
        super().__init__(label, **options)
        self.limit, self.required = limit, required

    def pre_validate(self, form: Any) -> None:
        """Normalise, or refuse with a message."""
        typed = str(self.data or "")  # type: ignore[has-type]
        self.data = normalized(text.normalize_line, typed, self.limit, required=self.required)


class Words(TextAreaField):
    """Text of several lines and at most `limit` code points."""

    def __init__(self, label: Any, limit: int, *, required: bool = True, **options: Any) -> None:
        super().__init__(label, **options)
        self.limit, self.required = limit, required

    def pre_validate(self, form: Any) -> None:
        """Normalise, or refuse with a message."""
        typed = str(self.data or "")  # type: ignore[has-type]
        self.data = normalized(text.normalize_text, typed, self.limit, required=self.required)
