"""Reads everything back after a fault: every acknowledged text once and whole, and all that is counted from it."""

from __future__ import annotations

import html
import re
from collections import Counter

from bench.faults.clients import Crowd, word_of
from bench.faults.forums import Forum
from bench.faults.stage import Stage, wait_for
from tests.servers.robot import Robot

WORKER_SECONDS = 75.0  # within which everything is indexed and told: a sweep comes each minute, and does its work
LOOKED_UP = 6  # texts that are searched for, of each writer
_BEGUN = re.compile(r"(\w+) says (\d+), edition (\d+):")
_ENDED = re.compile(r"That was (\w+) (\d+), edition (\d+)\.")


def check(stage: Stage, crowd: Crowd, word: str, *, deaths: bool = False, refusals: bool = False) -> None:
    """Check the forum after people have written. `deaths`: answers may have been cut; `refusals`: 503 was allowed."""
    forum = crowd.forum
    stage.check(crowd.acknowledged, f"{word}: nothing was written, so that nothing was proved")
    for writer in crowd.writers:
        for odd in writer.odd[:3]:
            stage.check(False, f"{word}: {odd}")
    stage.check(deaths or not crowd.statuses["none"], f"{word}: {crowd.statuses['none']} requests got no answer")
    stage.check(refusals or not crowd.statuses["503"], f"{word}: {crowd.statuses['503']} requests were refused (503)")
    settled(stage, forum, word)
    texts(stage, crowd, word)
    found_by_search(stage, crowd, word)
    healthy(stage, forum, word)


def settled(stage: Stage, forum: Forum, word: str) -> None:
    """Within a minute the worker owes nothing."""
    took = wait_for(lambda: not forum.owed(), WORKER_SECONDS)
    stage.check(
        took is not None, f"{word}: {forum.owed()} posts are not indexed or told of after {WORKER_SECONDS:.0f} s"
    )


def texts(stage: Stage, crowd: Crowd, word: str) -> None:
    """Every acknowledged text stands in the thread once, whole, in its last edition; any other at most once."""
    begun, ended = _read(crowd)
    stage.check(begun == ended, f"{word}: half a text: {list(((begun - ended) + (ended - begun)).items())[:3]}")
    known = {(writer.name, number) for writer in crowd.writers for number in writer.said}
    strange = {key for key in begun if key[:2] not in known}
    stage.check(not strange, f"{word}: texts that nobody sent: {sorted(strange)[:3]}")
    lost, twice, wrong = [], [], []
    for writer in crowd.writers:
        for words in writer.said.values():
            here = {key[2]: many for key, many in begun.items() if key[:2] == (writer.name, words.number)}
            name = f"{writer.name} {words.number}"
            lost += [name] * (not here and not words.given_up)
            twice += [name] * (sum(here.values()) > 1)
            wrong += [f"{name}: {here} of {words.editions}"] * (not here.keys() <= words.editions)
    stage.check(not lost, f"{word}: {len(lost)} acknowledged texts are lost: {lost[:3]}")
    stage.check(not twice, f"{word}: {len(twice)} texts stand there twice: {twice[:3]}")
    stage.check(not wrong, f"{word}: {len(wrong)} texts in an edition that was not acknowledged last: {wrong[:3]}")


def _read(crowd: Crowd) -> tuple[Counter[tuple[str, int, int]], Counter[tuple[str, int, int]]]:
    """Return the beginnings and the ends of texts in the thread's pages, as a visitor reads them."""
    reader, begun, ended, page = Robot(crowd.forum.url), Counter(), Counter(), 1  # type: ignore[var-annotated]
    while True:
        status, answer = reader.get(f"{crowd.thread}?page={page}")
        if status != 200:
            return begun, ended
        words = html.unescape(re.sub(r"<[^>]+>", " ", answer.partition("<main")[2]))
        begun.update((name, int(number), int(edition)) for name, number, edition in _BEGUN.findall(words))
        ended.update((name, int(number), int(edition)) for name, number, edition in _ENDED.findall(words))
        page += 1


def found_by_search(stage: Stage, crowd: Crowd, word: str) -> None:
    """Some texts of each writer are found by the word that stands in them alone, and no former edition is."""
    reader = Robot(crowd.forum.url)
    for writer in crowd.writers:
        sure = [words for words in writer.said.values() if len(words.editions) == 1 and not words.given_up]
        for words in stage.dice.sample(sure, min(LOOKED_UP, len(sure))):
            (edition,) = words.editions
            for looked, wanted in ((edition, 1), (edition - 1, 0)):
                status, page = reader.get(f"/search?q={word_of(writer.name, words.number, looked)}")
                hits = len(set(re.findall(r'href="(/posts/\d+)"', page.partition('class="results"')[2])))
                stage.check(
                    status == 200 and hits == wanted,
                    f"{word}: search ({status}) finds {writer.name} {words.number}, edition {looked}, {hits} times",
                )


def healthy(stage: Stage, forum: Forum, word: str) -> None:
    """`flask doctor` finds nothing wrong, from the integrity to the index, and no log has a traceback."""
    try:
        forum.website.flask("doctor")
    except RuntimeError as failed:
        wrong = [line for line in str(failed).splitlines() if line.startswith("  - ")]
        stage.check(False, f"{word}: the doctor found {'; '.join(wrong) or str(failed)[-400:]}")
    unbroken(stage, forum, word)


def unbroken(stage: Stage, forum: Forum, word: str) -> None:
    """No log has a traceback, and no page was an incident."""
    for name in ("web", "worker"):
        log = forum.log_of(name)
        at = max(log.find("Traceback"), log.find("incident "))
        stage.check(at < 0, f"{word}: the {name}'s log has a fault: …{log[max(0, at - 200) : at + 1500]}")
