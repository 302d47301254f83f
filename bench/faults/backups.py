"""R-11: a backup while people write, into the other kind of database; damaged ones; a restore that is killed."""

from __future__ import annotations

import stat
from pathlib import Path

from sqlalchemy import create_engine, text

from bench.faults import checker
from bench.faults.clients import Writer, word_of, writing
from bench.faults.commands import environment, flask, killed, timed
from bench.faults.forums import PASSWORD, Forum
from bench.faults.stage import Stage
from forum.backup.reading import examine
from tests.backup.forging import rewritten
from tests.servers.robot import Robot
from tests.servers.website import Website, without_limits


def play(stage: Stage) -> None:
    """There and back between SQLite and PostgreSQL."""
    kills = stage.times(6, 2)
    for kind, other in (("sqlite", "postgres"), ("postgres", "sqlite")):
        file = stage.folder / f"{kind}.backup"
        with stage.forum(kind) as forum:
            with writing(forum, stage.folder / f"{kind}.jsonl", people=2) as crowd:
                crowd.wait_for_more(stage.times(40, 10))
                before = {writer.name: _sure(writer) for writer in crowd.writers}
                forum.website.flask("backup", str(file))
                crowd.wait_for_more(3)
            checker.check(stage, crowd, kind)
            name, posts = crowd.writers[0].name, examine(file).rows["posts"]
        stage.check(stat.S_IMODE(file.stat().st_mode) == 0o600, f"{kind}: others may read the backup")
        _refusals(stage, kind, other, file)
        url = stage.new_database(other)
        instance = stage.new_folder("restored") / "instance"
        env = environment(instance, url)
        many = _interrupted(stage, env, file, kills, other)
        _restored(stage, env, instance, url, before, name)
        stage.did(
            f"{kind} to {other}: a backup of {posts} posts while two people wrote, restored after {many} restores "
            "that were killed (kill -9); a cut, a changed and a newer one"
        )
    stage.found("each restore loaded all or nothing; sign-in, search, counters and public log are right after it")


def _sure(writer: Writer) -> list[tuple[int, int]]:
    """Return what is acknowledged and not being changed: number and edition."""
    said = list(writer.said.values())
    return [(words.number, *words.editions) for words in said[:-1] if words.post and len(words.editions) == 1]  # type: ignore[misc]


def _refusals(stage: Stage, kind: str, other: str, file: Path) -> None:
    cut, changed, newer = (file.with_suffix(f".{word}") for word in ("cut", "changed", "newer"))
    content = file.read_bytes()
    cut.write_bytes(content[: len(content) // 2])
    middle = len(content) // 2
    changed.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
    newer.write_bytes(content)
    rewritten(newer, lambda line: {**line, "revision": "9999"} if "revision" in line else line)
    env = environment(stage.new_folder("refusing") / "instance", stage.new_database(other))
    for each in (cut, changed, newer):
        status, said = flask(env, "restore", str(each))
        stage.check(
            status == 1 and "nothing was restored" in said and "Traceback" not in said,
            f"{kind}, a backup that is {each.suffix[1:]}: {status}: {said[-300:]}",
        )


def _interrupted(stage: Stage, env: dict[str, str], file: Path, kills: int, kind: str) -> int:
    """Kill restores at random moments, from the loading of the program to its end; return how many were."""
    trial = environment(stage.new_folder("trial") / "instance", stage.new_database(kind))
    whole, done = timed(trial, "restore", str(file)), 0
    for _ in range(kills):
        if not killed(stage, env, stage.dice.uniform(0.3, 0.95) * whole, "restore", str(file)):
            return done  # it was quicker than the first one: nothing is left to interrupt
        done += 1
        if _people(env):  # killed when all was loaded, and only the index or the message was missing
            return done
    return done


def _people(env: dict[str, str]) -> int:
    engine = create_engine(env.get("DATABASE_URL") or f"sqlite:///{env['FORUM_INSTANCE']}/forum.db")
    try:
        with engine.connect() as connection:
            return int(connection.scalar(text("SELECT count(*) FROM users")) or 0)
    except Exception:  # the tables are not there yet
        return 0
    finally:
        engine.dispose()


def _restored(
    stage: Stage, env: dict[str, str], instance: Path, url: str, before: dict[str, list[tuple[int, int]]], name: str
) -> None:
    if not _people(env):
        timed(env, "restore", str(_newest(stage.folder)))
    settings = {**without_limits(), "SECRET_KEY": "k" * 40, **({"DATABASE_URL": url} if url else {})}
    website = Website(stage.guard, instance.parent, settings)
    website.flask("setup")
    website.start_web()
    website.start_worker()
    forum = Forum(website, settings, 1)
    try:
        checker.settled(stage, forum, "restored")
        for writer, said in before.items():
            for number, edition in said:
                found = forum.count(
                    "SELECT count(*) FROM posts WHERE body LIKE :like", like=f"%: {word_of(writer, number, edition)}.%"
                )
                later = forum.count(
                    "SELECT count(*) FROM posts WHERE body LIKE :like", like=f"{writer} says {number},%"
                )
                stage.check(found == 1 or later == 1, f"restored: {writer} {number} is missing")
        Robot(website.url).sign_in(name, PASSWORD)
        stage.check('class="results"' in Robot(website.url).get("/search?q=words")[1], "restored: search finds nothing")
        checker.healthy(stage, forum, "restored")
    finally:
        forum.close()


def _newest(folder: Path) -> Path:
    return max(folder.glob("*.backup"), key=lambda path: path.stat().st_mtime)
