"""The Flask extensions, created here without an application and configured in `wsgi`."""

from __future__ import annotations

from flask_babel import Babel
from flask_login import LoginManager

from forum.core.csrf import RotatingCSRFProtect
from forum.core.limits import limiter as limiter

babel = Babel()
csrf = RotatingCSRFProtect()
login_manager = LoginManager()
