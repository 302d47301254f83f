"""What is owed after a crash is found: credentials by the sweep, posts by their column, and nothing twice."""

from forum.core.database import db, transaction
from forum.experts import actions as experts
from forum.experts.models import Credential
from forum.notifications import owing, queries
from forum.notifications.models import Notification
from forum.threads import actions
from forum.threads.models import Post


def credential_notices(user):
    db.session.rollback()
    query = db.select(Notification).where(Notification.user_id == user.id, Notification.kind == "credential")
    return [notice.facts["change"] for notice in db.session.scalars(query.order_by(Notification.id))]


def test_a_granted_and_a_revoked_credential_are_told_once(dr_chen, carol, work, as_):
    work()
    work()
    assert credential_notices(dr_chen) == ["granted"]
    credential = db.session.scalar(db.select(Credential).where(Credential.user_id == dr_chen.id))
    experts.revoke(credential, "Left the university.", by=carol)
    work()
    work()
    assert credential_notices(dr_chen) == ["granted", "revoked"]
    assert "Professor of statistics" in as_(dr_chen).get("/notifications").text


def test_one_granted_at_the_console_is_told_though_its_nudge_was_lost(app, alice, subtheme, work):
    experts.grant(alice, subtheme, "Judge", "Riverside Court", None, by=None)
    app.extensions["huey"].flush()
    assert owing.waiting().count == 1
    work()
    assert credential_notices(alice) == ["granted"]
    assert owing.waiting().count == 0


def test_an_imported_credential_is_not_told(alice, subtheme, work):
    with transaction() as session:
        session.add(Credential(user_id=alice.id, subtheme_id=subtheme.id, title="Expert", organization=""))
    work()
    assert credential_notices(alice) == []


def test_an_old_change_is_looked_at_no_more(dr_chen, work, clock):
    clock.move(days=91)
    work()
    assert credential_notices(dr_chen) == []


def test_the_sweep_finds_every_post_that_owes_notices(thread, mallory, work):
    posts = [actions.post_reply(thread, mallory, f"Number {number}.") for number in range(7)]
    assert [post.id for post in posts] == owing.posts_owing_notices(posts[0].id - 1, 50)
    assert len(owing.posts_owing_notices(0, 3)) == 3
    work()
    assert owing.posts_owing_notices(0, 50) == []


def test_the_sweep_reads_along_its_index(thread, app):
    if db.engine.dialect.name != "sqlite":
        return
    query = db.select(Post.id).where(Post.notified_at.is_(None), Post.state == queries._VISIBLE, Post.id > 0)
    sql = str(query.order_by(Post.id).limit(5).compile(db.engine, compile_kwargs={"literal_binds": True}))
    plan = " ".join(row[-1] for row in db.session.execute(db.text(f"EXPLAIN QUERY PLAN {sql}")))
    assert "ix_posts_notices_owed" in plan, plan
