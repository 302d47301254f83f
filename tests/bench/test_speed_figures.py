"""What the yardstick computes: medians and ratios, wrk's report, the lines that are reached, and what ends a run."""

from __future__ import annotations

import json
from email.message import Message
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench.speed import bare, content, drawing, load, results, searching, shared
from bench.speed.cases import Answer, Case, checked, same_size
from bench.speed.figures import Figure, Line, Round, Wrong, cost_ratio, missed, percentile, ratio
from bench.speed.posting import Sequence
from bench.speed.servers import Memory
from bench.speed.starting import Start
from bench.speed.weight import Weight
from forum.subthemes.seven import SEVEN

REPORT = """Running 10s test @ http://127.0.0.1:8000/
  1 threads and 8 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     3.36ms    9.25ms 118.63ms   97.19%
  Latency Distribution
     50%    1.02ms
     75%  900.00us
     90%    4.67ms
     99%    1.19s{blank}
  31204 requests in 10.00s, 5.51MB read
Requests/sec:   3119.57
Transfer/sec:    563.80KB
""".replace("{blank}", " ")  # as wrk fills its columns up


def figure(name: str, *rounds: tuple[float, float]) -> Figure:
    """A figure of rounds of (requests a second, microseconds of processor)."""
    return Figure(name, tuple(Round(speed, 1.0, 2.0, cpu) for speed, cpu in rounds), 10, 5, None)


def test_a_report_of_wrk() -> None:
    report = load.parse(REPORT)
    assert (report.requests, report.seconds, report.p50, report.p99) == (31204, 10.0, 1.02, 1190.0)
    assert report.per_second == pytest.approx(3120.4)
    assert report.each == pytest.approx(5.51 * 1024**2 / 31204)


@pytest.mark.parametrize(
    "report",
    [
        REPORT + "  Non-2xx or 3xx responses: 3\n",
        REPORT + "  Socket errors: connect 0, read 5, write 0, timeout 0\n",
        REPORT.replace("31204 requests", "0 requests"),
        REPORT.replace("99%", "98%"),
        "unable to connect to 127.0.0.1:1 Connection refused",
    ],
)
def test_a_report_of_faults_ends_the_run(report: str) -> None:
    with pytest.raises(Wrong):
        load.parse(report)


def test_missing_tools_are_named_with_the_way_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(load.Missing, match=r"wrk is missing.*apt-get install wrk"):
        load.need_tools()


def test_a_ratio_is_the_median_of_what_was_measured_side_by_side() -> None:
    hello, page = figure("hello", (1000, 100), (100, 110), (900, 90)), figure("page", (500, 200), (60, 220), (450, 200))
    assert ratio(page, hello) == 0.5, "the second round was slow for both"
    assert (page.per_second, page.cpu, page.p50, page.p99) == (450, 200, 1.0, 2.0)
    assert cost_ratio(page, hello) == 0.5
    with pytest.raises(ValueError, match="shorter"):
        ratio(page, figure("hello", (1000, 100)))


def test_percentiles_are_values_that_were_measured() -> None:
    values = [float(number) for number in range(1, 101)]
    assert (percentile(values, 0.95), percentile(values, 0.5), percentile(values, 1.0)) == (95, 50, 100)
    assert percentile([7.0], 0.95) == 7.0


def test_lines_are_reached_from_the_right_side() -> None:
    lines = [
        Line("fast enough", 2.0, 2.0),
        Line("too slow", 1.99, 2.0),
        Line("small enough", 110, 110, at_most=True),
        Line("too large", 110.1, 110, at_most=True, unit=" MB"),
        Line("not measured", None, 6, at_most=True),
    ]
    assert [line.is_reached for line in lines] == [True, False, True, False, None]
    assert [line.name for line in missed(lines)] == ["too slow", "too large"]
    assert lines[3].as_json() == {"line": "too large", "measured": 110.1, "wanted": "≤ 110 MB", "reached": False}


CASE = Case("thread", "forum", "/threads/1", ("A title",), ("Sign in",), posts=2)
PAGE = "<h1>A title</h1><article class=post></article><article></article>"


def answer(text: str, status: int = 200) -> Answer:
    """An answer without headers."""
    return Answer(status, Message(), text.encode())


def test_a_right_answer_passes() -> None:
    right = answer(PAGE)
    assert checked(CASE, right) is right
    same_size(CASE, right, right.length * 1.02)


@pytest.mark.parametrize(
    "wrong",
    [
        answer(PAGE, 503),
        answer(PAGE.replace("A title", "Another")),
        answer(PAGE + "Sign in"),
        answer(PAGE + "<article>"),
        answer(""),
    ],
)
def test_a_wrong_answer_ends_the_run(wrong: Answer) -> None:
    with pytest.raises(Wrong, match="thread"):
        checked(CASE, wrong)


def test_answers_of_another_size_under_load_end_the_run() -> None:
    long = answer("x" * 10_000)
    with pytest.raises(Wrong, match="bytes under load"):
        same_size(CASE, long, 9_000)


def test_the_content_has_its_size_and_is_the_same_in_every_run() -> None:
    once, again = list(content.lines()), list(content.lines())
    assert once == again
    kinds = [line["kind"] for line in once]
    assert (kinds.count("thread"), kinds.count("post")) == (2_000, 9_400)
    assert {line["slug"] for line in once if line["kind"] == "subtheme"} == {place.slug for place in SEVEN}
    posts = [line for line in once if line["kind"] == "post"]
    assert sum(line["thread"] == "bench:t1" for line in posts) == content.LONG[1]
    common = sum(content.COMMON in line["body"] for line in posts)
    assert 0.28 < common / len(posts) < 0.38


def test_the_yardstick_is_bare() -> None:
    client = bare.create_app().test_client()
    assert client.get("/hello").text == bare.HELLO
    assert client.get("/posts").text.count("<article") == bare.POSTS


def test_the_chart_and_the_table_tell_what_the_results_hold() -> None:
    hello, page = figure("hello", (1000, 100)), figure("a <page>", (500, 200))
    written = {
        "taken": "2026-11-23T15:00:00+00:00",
        "machine": {"cores": 2, "memory_gb": 24, "shared": True},
        "pages": [{**one.as_json(hello), "cost_ratio": cost_ratio(one, hello)} for one in (hello, page)],
        "lines": [Line("a page", 0.5, 2.0).as_json()],
    }
    json.dumps(written)
    picture = drawing.svg(written)
    root = ElementTree.fromstring(picture)
    assert "a <page> (0.50 × hello): 500" in "".join(root.itertext())
    assert "shared with other work" in picture
    table = results.table(written)
    assert "0.50 × hello" in table
    assert "MISSED   a page: 0.5 (≥ 2)" in table


HOME = Case("home", "forum", "/", ("Home",), yardstick="hello", wanted=2.0)
SIGNED = Case("home, signed in", "forum", "/", ("Home",), headers={"Cookie": "x"}, yardstick="static", wanted=0.8)


def all_results(**more: object) -> results.Results:
    """What a run of one process has measured, and more."""
    cases = [Case("hello", "bare", "/hello", ("hello",)), Case("static", "bare", "/posts", ("x",)), HOME, SIGNED]
    figures = {case.name: figure(case.name, (1000, 100)) for case in cases}
    asked, memory = Sequence([5.0], 4), Memory(100, 90)
    return results.Results(
        cases, figures, asked, asked, memory, [Start(1.0, 1.0, {"web 1": memory})], Weight(1, 1, 1), **more
    )


def line(of: results.Results, words: str) -> dict[str, object]:
    """Return the one line that says so."""
    (found,) = [each for each in of.as_json()["lines"] if words in each["line"]]
    return dict(found)


def test_two_processes_are_measured_on_the_pages_of_visitors_beside_two_of_the_yardstick() -> None:
    cases = shared.cases_of(all_results().cases)
    assert [(case.name, case.yardstick, case.wanted) for case in cases] == [
        (shared.HELLO, "", 0.0),
        ("home, each of two", shared.HELLO, 0.8),
    ]
    figures = {cases[0].name: figure(cases[0].name, (500, 200)), cases[1].name: figure(cases[1].name, (390, 150))}
    behind = {case.name: 31.4 for case in cases}
    written = all_results(two=shared.Shared(cases, figures, behind, 20))
    found = line(written, "each of two")
    assert (found["measured"], found["reached"]) == (0.78, False), "of two, not of the one that ran before"
    assert written.as_json()["two_processes"]["pages"][1]["behind_us_per_request"] == 31
    table = results.table(written.as_json())
    assert "0.78 × hello, each of two processes" in table and "has shown: 20" in table


def test_what_was_not_measured_is_said_to_be_so() -> None:
    found = line(all_results(), "each of two")
    assert found["measured"] is None and found["reached"] is None
    assert "None" in results.table(all_results().as_json())


def test_searches_in_large_forums_are_lines_of_their_own() -> None:
    slow, quick = [float(number) for number in range(1, 101)], [7.0] * 100
    forums = {searching.EMBEDDED.name: slow, searching.MILLION.name: quick}
    written = all_results(large={name: searching.Found(name, taken) for name, taken in forums.items()})
    assert (line(written, "50,000")["measured"], line(written, "50,000")["reached"]) == (95.0, False)
    assert (line(written, "one million")["measured"], line(written, "one million")["reached"]) == (7.0, True)
    assert line(all_results(), "one million")["reached"] is None


def test_a_forum_that_is_not_filled_is_not_searched(tmp_path: Path) -> None:
    said: list[str] = []
    assert searching.measure(tmp_path, tmp_path / "log", 3, said.append) == {}
    assert len(said) == 2 and all("not measured" in words for words in said)
