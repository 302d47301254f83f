"""The words of presets in the public log."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

ACTS: dict[str, Any] = {
    "preset.added": _l("A preset reason was added"),
    "preset.changed": _l("A preset reason was changed"),
    "preset.removed": _l("A preset reason was removed"),
}
