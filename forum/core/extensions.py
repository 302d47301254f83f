"""The Flask extensions, created here without an application and configured in `wsgi`."""

from __future__ import annotations

from flask_babel import Babel
from flask_login import LoginManager
from flask_migrate import Migrate

from forum.core.csrf import RotatingCSRFProtect
from forum.core.limits import limiter as limiter

babel = Babel()
csrf = RotatingCSRFProtect()
login_manager = LoginManager()
migrate = Migrate(render_as_batch=True, compare_type=True)
