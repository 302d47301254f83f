"""Planning: admins make editions, whoever looks after a sub-theme writes the items of its track."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext
from flask_login import current_user, login_required

from forum.core import i18n, web
from forum.core.errors import Conflict, Forbidden, Refused
from forum.core.limits import limited
from forum.core.paging import id_in
from forum.programme import actions, opening, policy, queries
from forum.programme.forms import CancelForm, EditionForm, ItemForm, NotesForm
from forum.programme.models import Edition, Item
from forum.subthemes.models import SubTheme
from forum.subthemes.queries import open_subthemes
from forum.threads.screening import Asked
from forum.threads.seals import asked_about

bp = Blueprint("planning", __name__, url_prefix="/programme")


@bp.route("/new", methods=["GET", "POST"])
@login_required
@limited("STAFF", accepted_only=True)
def new_edition() -> Response:
    """Make an edition."""
    _planners_only()
    form, status = EditionForm(), 200 if request.method == "GET" else 422
    if form.validate_on_submit():
        try:
            made = actions.make_edition(form.slug.data, form.fields(), current_user)
            return web.see_other(url_for("programme.edition", slug=made.slug))
        except Refused as refusal:
            status = _refused(form, "slug", refusal)
    return web.page("programme/edit_edition.html", status, form=form, edition=None)


@bp.route("/<slug>/edit", methods=["GET", "POST"])
@login_required
@limited("STAFF", accepted_only=True)
def edit_edition(slug: str) -> Response:
    """Change an edition."""
    _planners_only()
    edition = opening.visible(slug)
    form, status = EditionForm(edition), 200 if request.method == "GET" else 422
    if form.validate_on_submit():
        try:
            actions.change_edition(edition.id, form.fields(), form.seen.data or 0, current_user)
            return web.see_other(url_for("programme.edition", slug=slug))
        except Refused as refusal:
            status = _refused(form, "starts_on", refusal, edition)
    return web.page("programme/edit_edition.html", status, form=form, edition=opening.visible(slug))


@bp.route("/<slug>/items/new", methods=["GET", "POST"])
@login_required
@limited("STAFF", accepted_only=True)
def new_item(slug: str) -> Response:
    """Put an item into the programme, with its thread."""
    edition, tracks = opening.visible(slug), _own_tracks()
    form, status = ItemForm(edition), 200 if request.method == "GET" else 422
    form.offer(tracks, i18n.page_lang())
    if form.validate_on_submit():
        try:
            item = _opened(form, edition, tracks)
            return web.see_other(url_for("programme.item", item_id=item.id))
        except Asked as asked:
            form.question, form.asked.data = asked.message, _mark(asked)
        except Refused as refusal:
            status = _refused(form, "title_en", refusal)
    return web.page("programme/edit_item.html", status, form=form, edition=opening.visible(slug), item=None)


def _opened(form: ItemForm, edition: Edition, tracks: Sequence[SubTheme]) -> Item:
    subtheme = next((one for one in tracks if one.id == id_in(form.subtheme.data)), None) or abort(404)
    return opening.open_item(
        edition, subtheme, form.fields(), current_user, thread_id=form.thread_id,
        form_token=form.form_token.data or None, asked=form.asked.data,
    )  # fmt: skip


@bp.route("/items/<int:item_id>/edit", methods=["GET", "POST"])
@login_required
@limited("STAFF", accepted_only=True)
def edit_item(item_id: int) -> Response:
    """Change an item."""
    item = _kept(item_id)
    form, status = ItemForm(item.edition, item), 200 if request.method == "GET" else 422
    if form.validate_on_submit():
        try:
            actions.change_item(item_id, form.fields(), form.seen.data or 0, current_user, thread_id=form.thread_id)
            _say_if_over_full(_kept(item_id))
            return web.see_other(url_for("programme.item", item_id=item_id))
        except Refused as refusal:
            status = _refused(form, "title_en", refusal, item)
    return _item_form(item_id, form, CancelForm(formdata=None), status)


@bp.post("/items/<int:item_id>/cancel")
@login_required
@limited("STAFF", accepted_only=True)
def cancel(item_id: int) -> Response:
    """Cancel an item, for a reason."""
    item, form = _kept(item_id), CancelForm()
    if not form.validate_on_submit():
        return _item_form(item_id, ItemForm(item.edition, item, formdata=None), form, 422)
    actions.cancel(item_id, form.reason.data, current_user)
    flash(gettext("The item is cancelled. Everybody who signed up is told."))
    return web.see_other(url_for("programme.item", item_id=item_id))


@bp.post("/items/<int:item_id>/reinstate")
@login_required
@limited("STAFF", accepted_only=True)
def reinstate(item_id: int) -> Response:
    """Let a cancelled item take place after all."""
    actions.reinstate(_kept(item_id).id, current_user)
    flash(gettext("The item takes place after all. Everybody who signed up is told."))
    return web.see_other(url_for("programme.item", item_id=item_id))


@bp.route("/items/<int:item_id>/notes", methods=["GET", "POST"])
@login_required
@limited("STAFF", accepted_only=True)
def notes(item_id: int) -> Response:
    """Write agenda, notes and the recording of an item."""
    item = _kept(item_id)
    form, status = NotesForm(item), 200 if request.method == "GET" else 422
    if form.validate_on_submit():
        try:
            actions.write_notes(item_id, form.fields(), form.seen.data or 0, current_user)
            return web.see_other(url_for("programme.item", item_id=item_id))
        except Refused as refusal:
            status = _refused(form, "notes", refusal, item)
    return web.page("programme/notes.html", status, form=form, item=_kept(item_id))


def _say_if_over_full(item: Item) -> None:
    if item.is_over_full:
        words = gettext(
            "%(taken)s people have a place, more than the %(all)s there are now. Nobody loses theirs; "
            "who waits moves up once fewer have one.",
            taken=item.going_count,
            all=item.capacity,
        )
        flash(words)


def _item_form(item_id: int, form: ItemForm, cancelling: CancelForm, status: int) -> Response:
    item = _kept(item_id)
    return web.page(
        "programme/edit_item.html", status, form=form, edition=item.edition, item=item, cancelling=cancelling
    )


def _refused(
    form: EditionForm | ItemForm | NotesForm, field: str, refusal: Refused, row: Edition | Item | None = None
) -> int:
    """Put the refusal beside a field and return its status; what nobody may do at all goes on to its own page.

    After a conflict the form is one of the present version of `row`: whoever has looked can send it once more.
    """
    if isinstance(refusal, Forbidden) or refusal.status == 404:
        raise refusal
    form.refuse(field, refusal.message)
    if isinstance(refusal, Conflict) and row is not None:
        form.seen.process_data(row.version)
        form.seen.raw_data = None  # what was sent would be shown instead
    return refusal.status


def _planners_only() -> None:
    if not policy.may_plan(current_user):
        raise Forbidden(gettext("Only an administrator plans editions."))


def _own_tracks() -> list[SubTheme]:
    """The open sub-themes whose items the person may write; Forbidden without any."""
    if not policy.keeps_any(current_user):
        raise Forbidden(gettext("The items of a track are written by the moderators of its sub-theme."))
    return [subtheme for subtheme in open_subthemes() if policy.may_keep(current_user, subtheme.id)]


def _kept(item_id: int) -> Item:
    """Return an item that the person may write."""
    item = queries.item(item_id) or abort(404)
    if not policy.may_keep(current_user, item.subtheme_id):
        raise Forbidden(gettext("The items of a track are written by the moderators of its sub-theme."))
    return item


def _mark(asked: Asked) -> str:
    """Return what the form carries when it is sent again: what its writer was asked about."""
    draft = asked.draft
    return asked_about(draft.author.id, draft.title, draft.body, asked.verdict.code)
