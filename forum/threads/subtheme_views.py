"""Views."""

from flask import Blueprint

bp = Blueprint("subthemes", __name__)
