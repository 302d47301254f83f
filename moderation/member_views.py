"""What members see."""

from flask import Blueprint

bp = Blueprint("flags", __name__)
