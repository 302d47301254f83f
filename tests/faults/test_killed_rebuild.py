"""`kill -9` of whoever builds the index, before anything is in it: search says so, and the worker builds it anew."""

import os
import shutil
import subprocess
import sys
import time

import pytest
from sqlalchemy import create_engine, text

from tests.servers.robot import Robot
from tests.servers.website import ROOT, without_limits

# Does a command's work and dies by kill -9 when it comes to read the posts' texts for the index.
MORTAL = """
import os, signal, sys
from sqlalchemy import event
import wsgi
from forum.core import jobs
from forum.core.database import db
app = wsgi.create_app()
def die(connection, cursor, statement, *rest):
    if "posts.plain" in statement and "FROM posts" in statement:
        os.kill(os.getpid(), signal.SIGKILL)
with app.app_context():
    event.listen(db.engine, "before_cursor_execute", die)
    app.test_cli_runner().invoke(args=["setup"]) if sys.argv[1] == "setup" else jobs.sweep()
"""


@pytest.mark.parametrize(("engine", "builder"), [("sqlite", "setup"), ("postgres", "sweep")])
def test_an_index_whose_builder_was_killed_is_built_anew(engine, builder, forum_starter, request):
    env = without_limits()
    if engine == "postgres":
        env["DATABASE_URL"] = request.getfixturevalue("postgres").create(f"killed_{builder}")
    forum = forum_starter(env, samples=True)
    _wait_for(lambda: _all_indexed(forum, env.get("DATABASE_URL")))
    said = _doctor(forum)
    assert "search index: well" in said and "has not seen yet: 0" in said
    forum.kill_worker()
    _lose_the_index(forum, env.get("DATABASE_URL"))
    assert _dies(forum, env, builder)
    assert "it can't be read (missing)" in _doctor(forum)
    assert "being rebuilt" in _search(forum)
    forum.start_worker()
    _wait_for(lambda: 'class="results"' in _search(forum))
    forum.flask("doctor")


def _all_indexed(forum, url: str | None) -> bool:
    engine = create_engine(url or f"sqlite:///{forum.instance / 'forum.db'}")
    with engine.connect() as connection:
        owed = connection.scalar(text("SELECT count(*) FROM posts WHERE indexed_version <> index_version"))
    engine.dispose()
    return not owed


def _dies(forum, env, builder) -> bool:
    environ = {**os.environ, **env, "FORUM_INSTANCE": str(forum.instance)}
    return subprocess.run([sys.executable, "-c", MORTAL, builder], cwd=ROOT, env=environ, check=False).returncode == -9


def _lose_the_index(forum, url: str | None) -> None:
    if url is None:
        shutil.rmtree(forum.instance / "search")
        return
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE search_documents"))
    engine.dispose()


def _doctor(forum) -> str:
    try:
        return forum.flask("doctor")
    except RuntimeError as failed:
        return str(failed)


def _search(forum) -> str:
    return Robot(forum.url).get("/search?q=forum+subtitles")[1]


def _wait_for(condition) -> None:
    for _ in range(60):
        if condition():
            return
        time.sleep(0.5)
    raise AssertionError("not within half a minute")
