"""Any text is rendered or refused in bounded time, and the next one is answered whatever happened before."""

import os
import resource
import signal
import string
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from forum.core import text
from forum.core.markup import (
    NoTurn,
    Rendered,
    RenderError,
    TooCostly,
    TooDeep,
    bounds,
    child,
    render,
    render_many,
    worker,
)
from forum.core.markup.pipeline import render_here
from forum.core.markup.room import Patience
from tests.core.hostile_markdown import PATTERNS

PROJECT = Path(__file__).parents[2]
LONG = "*Words* that go to the child. " * 20
PROC = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="reads /proc")


@pytest.fixture
def children():
    """Children of this test alone."""
    made = child.Children(1, 1)
    yield made
    made.close()


@pytest.fixture(scope="module")
def ask():
    """Ask one child after another; a child that refused a text for its cost is not asked again."""
    current = [child.Child()]

    def answer_to(source):
        answer = current[0].ask({"source": source, "people": {"alice": "alice"}})
        if answer.get("error") == "costly":
            current[0].stop()
            current[0] = child.Child()
        return answer

    yield answer_to
    current[0].stop()


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_hostile_text_is_rendered_or_refused_and_the_next_is_answered(pattern, ask):
    answer = ask(PATTERNS[pattern](text.BODY_LIMIT))
    assert "html" in answer or answer["error"] in ("costly", "deep")
    assert answer["seconds"] < 1
    assert ask("*next*")["html"] == "<p><em>next</em></p>\n"


SHORT_PATTERNS = {name: make(bounds.SHORT)[: bounds.SHORT] for name, make in PATTERNS.items()}


@pytest.mark.parametrize("pattern", [name for name in PATTERNS if bounds._is_cheap(SHORT_PATTERNS[name])])
def test_a_short_text_costs_little_enough_to_be_rendered_here(pattern):
    source = SHORT_PATTERNS[pattern]
    assert any(processor_seconds(source) < 0.1 for _ in range(3)), "one time in three must do on a busy machine"


@pytest.mark.parametrize(
    "unit",
    [
        "This is a *usual* paragraph with a [link](https://example.org/) and `code`.\n\n",
        "这是一段普通的文字，讨论网络文明与青少年素养，参见#12和@张三。\n\n",
        "> a quote of somebody\n\nand an answer to that\n\n",
        "- an item of the list\n  - one within\n",
        "- [ ] something to do\n",
        "> > > some quoted line\n> > an answer\n> another\n\n",
        "```python\ndef f(x):\n    return x + 1\n```\n\n",
        "https://example.org/some/path?x=1 and more\n",
    ],
)
def test_the_longest_honest_text_is_never_refused(unit):
    assert render((unit * 2000)[: text.BODY_LIMIT], resolve_people={"张三": "张三"}).text


def test_the_longest_honest_table_is_never_refused():
    rows = "| some name | 12.5 | a longer note here |\n" * 2000
    assert render(("| name | value | note |\n|--|--|--|\n" + rows)[: text.BODY_LIMIT]).text


def test_child_and_parent_render_the_same(children):
    source = "# Title\n\n@alice #12 https://example.org\n\n```python\nx = 1\n```\n"
    people = {"alice": "alice"}
    assert children.render(source, people) == render_here(source, people)


def test_refusals_arrive_with_their_numbers(children):
    with pytest.raises(TooDeep) as refused:
        children.render("> " * 500, {})
    assert refused.value.limit == 60
    with pytest.raises(TooCostly):
        children.render("|-|\n" * 8000, {})


@PROC
def test_a_child_may_take_so_much_memory_and_no_more(children):
    children.render("first", {})
    (pid,) = children.pids()
    assert resource.prlimit(pid, resource.RLIMIT_AS) == (worker.MEMORY_BYTES, worker.MEMORY_BYTES)


def test_a_text_that_needs_too_much_memory_is_refused(children):
    children.render("first", {})
    (pid,) = children.pids()
    resource.prlimit(pid, resource.RLIMIT_AS, (1024 * 1024,) * 2)  # less than it has already
    with pytest.raises(TooCostly):
        children.render("*a* " * 8000, {})
    assert children.render("next", {}).text == "next"


def test_a_child_that_refused_for_cost_is_replaced(children):
    children.render("first", {})
    before = children.pids()
    with pytest.raises(TooCostly):
        children.render("|-|\n" * 8000, {})
    assert children.render("next", {}).text == "next"
    assert not before & children.pids()


def test_a_killed_child_is_replaced_and_the_text_rendered(children):
    children.render("first", {})
    (pid,) = children.pids()
    os.kill(pid, signal.SIGKILL)
    assert children.render("next", {}).text == "next"
    assert pid not in children.pids()


def test_a_child_that_hangs_is_killed_and_the_text_rendered(children, monkeypatch):
    monkeypatch.setattr(child, "WALL_SECONDS", 0.3)
    children.render("first", {})
    (pid,) = children.pids()
    os.kill(pid, signal.SIGSTOP)
    assert children.render("next", {}).text == "next"
    assert pid not in children.pids()


def test_a_text_that_kills_every_child_is_refused(children, monkeypatch):
    monkeypatch.setattr(child.sys, "executable", "/bin/false")
    with pytest.raises(TooCostly):
        children.render("text", {})


def test_threads_take_turns():
    made = child.Children(2, 6)
    try:
        with ThreadPoolExecutor(8) as threads:
            shown = list(threads.map(lambda n: made.render(f"text {n}", {}).text, range(60)))
        assert shown == [f"text {n}" for n in range(60)]
        assert len(made.pids()) <= 2
    finally:
        made.close()


def test_who_waits_too_long_for_a_turn_is_told_that_it_is_not_the_text(children):
    with children._room.turn(child.PATIENT), pytest.raises(NoTurn):
        children.render("text", {}, Patience(0.01))
    assert children.render("text", {}).text == "text"


def with_marks(pattern, count):
    """The longest beginning of the pattern that has so many marks and line breaks."""
    source, marks = PATTERNS[pattern](text.BODY_LIMIT), 0
    for position, character in enumerate(source):
        marks += character in string.punctuation or character == "\n"
        if marks > count:
            return source[:position]
    return source


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_text_that_passes_for_ordinary_holds_the_renderer_of_ordinary_texts_shortly(pattern, ask):
    source = with_marks(pattern, bounds.ORDINARY_MARKS)
    assert bounds._is_ordinary(source)
    assert any(ask(source)["seconds"] < 0.5 for _ in range(2)), "one time in two must do on a busy machine"


def test_hostile_texts_leave_the_renderer_of_ordinary_ones_free():
    with bounds._doubtful._room.turn(child.PATIENT):
        assert render(
            "Some *prose*, as people write it who have much to say and a whole evening for it.\n\n" * 330
        ).text
        with pytest.raises(NoTurn):
            render("|-|\n" * 8000, for_preview=True)
    with bounds._ordinary._room.turn(child.PATIENT), pytest.raises(TooCostly):
        render("|-|\n" * 8000)


def test_a_child_leaves_when_its_input_ends():
    alone = child.Child()
    alone.ask({"source": "x", "people": {}})
    alone.forget()
    assert alone._process.wait(timeout=20) == 0


def test_a_child_does_not_outlive_a_killed_parent():
    script = (
        f"from forum.core.markup import bounds; bounds.render({LONG!r}); print(*bounds._ordinary.pids(), flush=True)\n"
    )
    parent = python(script + "import time; time.sleep(600)")
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 20
    while is_running(pid):
        assert time.monotonic() < deadline, "the child outlived its parent"
        time.sleep(0.05)


def test_a_forked_process_gets_children_of_its_own():
    script = f"""
import os
from forum.core.markup import bounds
def pids(): bounds.render({LONG!r}); return sorted(bounds._ordinary.pids())
first = pids()
if os.fork() == 0:
    assert not set(pids()) & set(first)
    os._exit(0)
assert os.waitstatus_to_exitcode(os.wait()[1]) == 0
assert pids() == first
print("done")
"""
    process = python(script)
    assert process.communicate(timeout=60)[0] == "done\n"


@PROC
def test_a_child_knows_no_secret(children, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "of-the-forum")
    children.render("x", {})
    (pid,) = children.pids()
    assert b"of-the-forum" not in Path(f"/proc/{pid}/environ").read_bytes()


def test_the_child_loads_neither_flask_nor_the_database():
    script = "import sys, forum.core.markup.worker; print({'flask', 'sqlalchemy', 'whoosh'} & set(sys.modules))"
    assert python(script).communicate(timeout=60)[0] == "set()\n"


def test_many_texts_come_back_in_order_with_the_refused_in_their_place():
    sources = [f"text {n}" for n in range(130)]
    sources[7] = "> " * 500
    results = list(render_many(iter(sources), processes=2))
    assert isinstance(results[7], TooDeep)
    assert [one.text for one in results if isinstance(one, Rendered)] == [f"text {n}" for n in range(130) if n != 7]


def test_many_texts_know_the_people_they_name():
    asked = []

    def resolve(names):
        asked.append(names)
        return {"alice": "alice"}

    (one, _) = render_many(["@alice", "nobody"], resolve_people=resolve, processes=1)
    assert not isinstance(one, RenderError)
    assert one.mentions == ("alice",)
    assert asked == [{"alice"}]


def processor_seconds(source):
    began = time.process_time()
    with suppress(TooDeep):
        render_here(source, {"alice": "alice"})
    return time.process_time() - began


def python(script):
    return subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, cwd=PROJECT, text=True)


def is_running(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"  # a container without init keeps the dead of killed parents


def test_an_alarm_that_was_lost_is_no_line_of_the_log(monkeypatch, capfd):
    class Lost:
        def __init__(self, error):
            self.error = error

        def __del__(self):
            raise self.error

    monkeypatch.setattr(sys, "unraisablehook", worker._say_unless_over_time)
    Lost(worker._OverTime())
    assert capfd.readouterr().err == ""
    Lost(ValueError("a fault of ours"))
    assert "a fault of ours" in capfd.readouterr().err
