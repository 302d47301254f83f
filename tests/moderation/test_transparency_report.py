"""The report by month: it equals a recount in SQL, shows nothing under five nor what would give it away."""

import csv
import io
import itertools
import json
import random
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as Xml

import html5lib
import pytest
from sqlalchemy import update

from bench.month import playing, recounting
from bench.month.people import people_and_posts
from forum.core.database import Clock, db, now, transaction
from forum.threads.recount import recount
from moderation import decisions, undoing
from moderation.models import Decision
from moderation.transparency import report
from moderation.transparency.actions import count_again, count_months
from moderation.transparency.models import ReportFigure, ReportMonth
from moderation.transparency.queries import bounds_of, month_of
from moderation.transparency.suppression import LEAST, breakdown, total


@pytest.fixture
def played(app, clock):
    """Eight days of last month, by the real acts: 40 people, 14 flags a day, 2 moderators; the present is now again."""
    dice = random.Random(7)
    start = (datetime.now(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)).replace(
        day=1
    )
    Clock.offset = start - datetime.now(UTC)
    members, moderators = people_and_posts(40, 2, 60, dice)
    result = playing.play(start, 8, 14, members, moderators, dice, lambda line: None)
    return result, month_of(start)


def test_a_played_week_equals_its_recount_and_nobody_starves(played, client, statements, clock):
    result, month = played
    assert result.flagged > 50 and result.decided > 30 and result.most_open > 0
    assert result.undone and result.answered > 2 * LEAST and result.appealed >= result.answered
    outcome = recounting.checks(result, 8)
    assert all(outcome.values()), (outcome, result.failures)
    with transaction() as session:  # a figure that is wrong is seen
        session.execute(update(ReportFigure).where(ReportFigure.part == "rule").values(amount=ReportFigure.amount + 1))
    assert recounting.differences()
    named = list(recount(fix=True))
    assert any(f"report of {month}: " in str(fault) for fault in named)
    assert not recounting.differences() and not list(recount())
    with statements() as seen:
        text = client.get("/moderation/report").text
    assert len(seen) == 4, "months, figures, sub-themes, the rules in force: however many rows there are"
    shows_the_same_everywhere(text, month, client)


def shows_the_same_everywhere(text, month, client):
    """Page, CSV and JSON hold the same published figures, and every drawing has its words and its table."""
    [shown] = report.months()
    rows = list(shown.rows())
    found = list(csv.DictReader(io.StringIO(client.get("/moderation/report.csv").text)))
    assert [(r["figure"], r["by"], r["value"], r["amount"], r["withheld"]) for r in found] == [
        (*row[:3], "" if row[3] is None else str(row[3]), "yes" if row[3] is None else "") for row in rows
    ]
    told = json.loads(client.get("/moderation/report.json").data)
    names = ("figure", "by", "value", "amount")
    assert [tuple(each[name] for name in names) for each in told["months"][0]["figures"]] == rows
    assert f"{shown.sums['flags']}" in text and "withheld" in text and month in text
    tree = html5lib.parse(text, namespaceHTMLElements=False)
    drawings = [node for node in tree.iter() if node.tag.endswith("svg") and node.get("role") == "img"]
    drawings = [node for node in drawings if node.get("class") == "bars"]
    ids = {node.get("id") for node in tree.iter() if node.get("id")}
    assert drawings and all(set(node.get("aria-labelledby").split()) <= ids for node in drawings)
    assert text.count('<div class="chart">') == len(drawings) and "style=" not in text
    assert client.get(f"/moderation/report?month={month}").status_code == 200
    assert client.get("/moderation/report?month=1999-01").status_code == 404
    assert client.get("/moderation/report?month=<script>").status_code == 404


def test_the_day_is_counted_when_it_is_over_and_a_month_once(flagged, bob, clock, work, client, statements):
    assert "Nothing has been counted yet" in client.get("/moderation/report").text
    work()
    assert db.session.scalars(db.select(ReportMonth)).all() == [], "the first day is not over"
    decisions.decide(flagged.id, bob, "hide", "Enough.", rule="abuse")
    month, (_, end) = month_of(now()), bounds_of(month_of(now()))
    clock.move(days=1)
    work()
    row = db.session.scalars(db.select(ReportMonth).order_by(ReportMonth.month)).first()
    assert row.month == month and (row.until == end or row.until.hour == 0)
    with statements() as seen:
        count_months()
    assert not [line for line in seen if line.startswith(("INSERT", "DELETE"))], "once a day"
    clock.move(days=70)
    work()
    rows = db.session.scalars(db.select(ReportMonth).order_by(ReportMonth.month)).all()
    assert len(rows) >= 3 and rows[0].until == end
    assert [row.until for row in rows[:-1]] == [bounds_of(row.month)[1] for row in rows[:-1]]
    count_again()
    work()
    assert not any(row.is_due for row in db.session.scalars(db.select(ReportMonth)))
    text = client.get(f"/moderation/report?month={month}").text
    assert "withheld" in text and "The whole month, in UTC." in text


def test_a_decision_moved_to_another_month_is_a_fault_that_doctor_names(flagged, bob, clock, work):
    decisions.decide(flagged.id, bob, "keep", "Fine.")
    clock.move(days=40)
    work()
    assert not [fault for fault in recount() if "report" in str(fault)]
    with transaction() as session:
        session.execute(update(Decision).values(decided_at=now() - timedelta(days=400)))
    assert next(str(fault) for fault in recount() if "report" in str(fault)).startswith("report of ")


def test_a_case_taken_back_and_decided_again_counts_once_also_in_months_that_were_counted(flagged, bob, clock, work):
    made = decisions.decide(flagged.id, bob, "hide", "A slip.", rule="abuse")
    clock.move(days=40)
    work()

    def sums():
        month = db.session.get(ReportMonth, month_of(flagged.opened_at), populate_existing=True)
        rows = db.session.scalars(
            db.select(ReportFigure).where(ReportFigure.month == month.month, ReportFigure.part == "")
        )
        return month, {row.figure: row.amount for row in rows if row.figure in ("flags", "opened", "decided")}

    assert sums()[1] == {"flags": 1, "opened": 1, "decided": 1}
    case = undoing.take_back(db.session.get(Decision, made.id), bob)
    assert sums()[0].is_due
    decisions.decide(case.id, bob, "hide", "In earnest.", rule="abuse")
    work()
    assert not sums()[0].is_due and sums()[1] == {"flags": 1, "opened": 1}, "one case, decided this month"
    assert not recounting.differences()


def test_the_overturn_rate_is_shown_only_where_both_of_its_numbers_are():
    def month(**numbers):
        cells = {("answered", "answer", "upheld"): 0, ("answered", "answer", "overturned"): 0}
        for name, (confirmed, overturned) in numbers.items():
            cells |= {("confirmed", "language", name): confirmed, ("overturned", "language", name): overturned}
            cells[("answered", "answer", "upheld")] += confirmed
            cells[("answered", "answer", "overturned")] += overturned
        cells[("answered", "", "")] = sum(amount for key, amount in cells.items() if key[0] == "answered")
        rows = [ReportFigure(month="2026-01", figure=f, part=p, value=v, amount=a) for (f, p, v), a in cells.items()]
        return report.published(ReportMonth(month="2026-01", until=now()), rows).rates

    assert month(en=(30, 10), zh=(10, 10)) == {("", ""): 0.333, ("language", "en"): 0.25, ("language", "zh"): 0.5}
    few = month(en=(30, 9), zh=(10, 3))
    assert few == {("", ""): 0.231, ("language", "en"): None, ("language", "zh"): None}, "12 less 9 were 3"
    assert month(en=(20, 3)) == {("", ""): None} and month() == {("", ""): None}
    assert month(en=(20, 0))[("", "")] == 0


# -- suppression -------------------------------------------------------------------------------------------------------


def splits(amount, places):
    """Yield every way to write a sum with `places` numbers of at least 1."""
    for cuts in itertools.combinations(range(1, amount), places - 1):
        edges = (0, *cuts, amount)
        yield tuple(b - a for a, b in itertools.pairwise(edges))


def test_no_cell_under_five_can_be_read_or_computed():
    """Every breakdown of up to four cells with a sum of up to 16, as somebody with pencil and paper would attack it."""
    for amount in range(17):
        for places in range(1, 5):
            for cells in splits(amount, places) if amount >= places else ():
                attack(dict(zip("abcd", cells, strict=False)))
    dice = random.Random(3)
    for _ in range(300):
        attack({str(n): dice.choice((1, 2, 4, 5, 6, 30, 400)) for n in range(dice.randint(1, 9))}, enumerate_all=False)


def attack(cells, enumerate_all=True):
    published = total(sum(cells.values()))
    shown = breakdown(cells, published)
    if shown is None:
        assert published is None or min(cells.values()) < LEAST, "withheld without need"
        return
    assert set(shown) == set(cells)
    assert all(amount is None or amount == cells[value] >= LEAST for value, amount in shown.items())
    hidden = [value for value, amount in shown.items() if amount is None]
    if not hidden:
        return
    rest = published - sum(amount for amount in shown.values() if amount is not None)
    assert len(hidden) > 1 and rest == sum(cells[value] for value in hidden)
    if enumerate_all:
        possible = [set(values) for values in zip(*splits(rest, len(hidden)), strict=True)]
        assert all(values >= set(range(1, LEAST + 1)) for values in possible), (cells, shown)


def test_what_was_decided_against_posts_is_shown_only_where_it_gives_nothing_away():
    def month(kept, spam, abuse):
        cells = {
            ("decided", "", ""): kept + spam + abuse,
            ("decided", "verdict", "kept"): kept,
            ("decided", "verdict", "upheld"): spam + abuse,
            ("upheld", "", ""): spam + abuse,
            ("upheld", "rule", "spam"): spam,
            ("upheld", "rule", "abuse"): abuse,
        }
        rows = [ReportFigure(month="2026-01", figure=f, part=p, value=v, amount=a) for (f, p, v), a in cells.items()]
        return report.published(ReportMonth(month="2026-01", until=now()), rows)

    open_ = month(40, 30, 10)
    assert open_.sums["upheld"] == 40 and open_.parts[("upheld", "rule")] == {"spam": 30, "abuse": 10}
    few_kept = month(2, 30, 10)
    assert few_kept.parts[("decided", "verdict")] == {"kept": None, "upheld": None}
    assert few_kept.sums["upheld"] is None and few_kept.parts[("upheld", "rule")] is None, "42 less 40 were 2"
    few = month(1, 1, 1)
    assert few.sums["decided"] is None and few.parts[("decided", "verdict")] is None


def test_the_chart_escapes_what_it_is_told(app):
    from moderation.transparency.charts import chart

    drawn = chart([("<b>&", 3.0), ("none", None), ("zero", 0)])
    assert [bar.width for bar in drawn.bars] == [300, 0, 0] and drawn.height == 120
    with app.test_request_context():
        macro = app.jinja_env.get_template("macros/charts.html").make_module({"asset": str})
        markup = str(macro.drawn(drawn, "id", "<i>", "<u>"))
    assert "<b>" not in markup and "<i>" not in markup and "<u>" not in markup
    assert Xml.fromstring(markup).get("role") == "img"
