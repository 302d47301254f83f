"""The blueprint of the pages through which people get in."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("entry", __name__)
