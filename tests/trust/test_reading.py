"""What was read is written down after the page, once; what is not reading is not."""

from sqlalchemy import select

from forum.accounts.models import Standing
from forum.core.database import db, now, transaction
from forum.threads import actions, states
from forum.threads.models import Post
from forum.trust import flushing, reader
from forum.trust.models import ReadingDay
from tests.stage import written
from tests.trust.conftest import url


def day_of(user):
    db.session.rollback()
    return db.session.get(ReadingDay, (user.id, now().date()))


def test_a_page_writes_nothing_and_the_flush_writes_it(as_, thread, bob, work, open_page, read_rows, clock):
    browser = as_(bob)
    with written(tried=True) as seen:
        open_page(browser, thread)
    assert seen == [] and read_rows(bob) == {}
    clock.move(minutes=1)
    work()
    assert read_rows(bob) == {thread.id: 3}
    day = day_of(bob)
    assert (day.threads, day.posts) == (1, 3) and 6 <= day.seconds <= 20


def test_reading_again_counts_only_what_is_new(as_, thread, ann, bob, work, open_page, clock):
    browser = as_(bob)
    for _ in range(3):
        open_page(browser, thread)
        clock.move(minutes=1)
        work()
    actions.post_reply(thread, ann, "One more.")
    open_page(browser, thread)
    clock.move(minutes=1)
    work()
    day = day_of(bob)
    assert (day.threads, day.posts) == (1, 4) and day.seconds > 24


def test_own_and_unseen_posts_are_not_reading(as_, thread, alice, bob, mallory, work, open_page, clock):
    states.remove_post(db.session.scalar(select(Post).where(Post.position == 2)), bob, "abuse")
    open_page(as_(alice), thread)
    open_page(as_(mallory), thread)
    clock.move(minutes=1)
    work()
    assert day_of(alice).posts == 1, "neither her own opening nor what was removed"
    assert day_of(mallory).posts == 2


def test_what_is_not_a_look_is_not_counted(as_, client, thread, bob, work, open_page, read_rows):
    browser = as_(bob)
    browser.head(url(thread))
    browser.get(url(thread), headers={"Sec-Purpose": "prefetch"})
    browser.get(url(thread) + "?page=9")
    browser.send(f"/threads/{thread.id}/posts", body="")
    open_page(client, thread)
    work()
    assert read_rows(bob) == {} and day_of(bob) is None


def test_what_is_gone_meanwhile_is_left_out(app, thread, bob, read_rows):
    memory = reader.memory()
    memory.note(bob.id, 99_999, {1}, 1, 1.0, now())
    memory.note(99_999, thread.id, {1}, 1, 1.0, now())
    memory.note(bob.id, thread.id, {1, 2}, 2, 1.0, now())
    flushing.flush(memory, all_of_it=True)
    assert read_rows(bob) == {thread.id: 2}


def test_nothing_is_written_for_a_closed_account(app, thread, bob, alice, read_rows):
    with transaction():
        bob.standing = Standing.CLOSED
    memory = reader.memory()
    for user in (bob, alice):
        memory.note(user.id, thread.id, {1, 2}, 2, 1.0, now())
    flushing.flush(memory, all_of_it=True)
    assert read_rows(bob) == {} and day_of(bob) is None
    assert read_rows(alice) == {thread.id: 2}


def test_an_older_page_never_takes_a_mark_back(app, thread, bob, read_rows):
    for last in (3, 1):
        reader.memory().note(bob.id, thread.id, {last}, last, 1.0, now())
        flushing.flush(reader.memory(), all_of_it=True)
    assert read_rows(bob) == {thread.id: 3}


def test_a_fault_of_the_database_loses_nothing(app, thread, bob, monkeypatch, read_rows):
    reader.memory().note(bob.id, thread.id, {1}, 1, 1.0, now())
    flusher = flushing.Flusher(app, reader.memory())
    with monkeypatch.context() as broken:
        broken.setattr(flushing.actions, "write", _fails)
        flusher._flush()
    assert read_rows(bob) == {}
    flusher._end()
    assert read_rows(bob) == {thread.id: 1}


def _fails(_batch):
    raise OSError("the disk is away")
