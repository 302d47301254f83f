"""The words about purges: grounds, and what the public log says."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from moderation.purging.models import Ground

GROUNDS: dict[str, Any] = {
    Ground.ORDER: _l("a court or an authority has ordered it"),
    Ground.ILLEGAL: _l("it is a crime even to keep it"),
    Ground.PRIVACY: _l("it holds somebody’s private data, and they asked for its erasure"),
}
ACTS: dict[str, Any] = {"post.purged": _l("The words of a removed post were purged for good")}
