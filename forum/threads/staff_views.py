"""Views."""

from flask import Blueprint

bp = Blueprint("thread_staff", __name__)
