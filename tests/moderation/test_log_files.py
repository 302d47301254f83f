"""The log as a feed and as files: valid, harmless in a spreadsheet, enough to check every seal without the forum."""

import csv
import io
import random
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from sqlalchemy import text, update

from forum.core import audit, chain
from forum.core.audit import AuditEntry
from forum.core.database import db, now, transaction
from forum.threads import staff_actions
from moderation import decisions
from moderation.transparency import queries, sheets

ATOM = "{http://www.w3.org/2005/Atom}"
SCRIPT = Path(__file__).parents[2] / "scripts" / "verify-log.py"


def verify(folder, *files, options=()):
    """Run the stand-alone check, as somebody without the forum does: nothing of ours can be imported."""
    paths = []
    for number, content in enumerate(files):
        path = folder / f"{number}.csv"
        path.write_text(content, encoding="utf-8", newline="")
        paths.append(str(path))
    command = [sys.executable, "-I", str(SCRIPT), *options, *paths]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=60, check=False)


@pytest.fixture
def history(flagged, thread, ann, bob, carol, clock) -> list[str]:
    """Seven rows in two months; returns the two months."""
    first = queries.month_of(now())
    staff_actions.pin(thread, by=bob)
    with transaction():
        audit.record("subtheme.created", by=carol, facts={"name_zh": "=汇聚\r\n@x", "n": [1, 2.5, None], "é": True})
    staff_actions.unpin(thread, by=bob)
    clock.move(days=31)
    decisions.decide(flagged.id, bob, "suspend", "Enough.", rule="abuse", until=now().replace(year=now().year + 1))
    staff_actions.lock(thread, by=carol)
    staff_actions.unlock(thread, by=carol)
    return [first, queries.month_of(now())]


def month_file(client, month):
    answer = client.get(f"/moderation/log/{month}.csv")
    assert answer.status_code == 200 and answer.mimetype == "text/csv"
    return answer.text


def test_the_files_check_out_without_the_forum(history, client, tmp_path):
    one, two = (month_file(client, month) for month in history)
    whole = verify(tmp_path, two, one)
    assert whole.returncode == 0, whole.stdout
    assert "7 rows are as they were written, from 1 to 7." in whole.stdout and audit.head()[1] in whole.stdout
    late = verify(tmp_path, two)
    assert late.returncode == 0 and "They begin after row 3" in late.stdout
    cut = verify(tmp_path, "\r\n".join(two.split("\r\n")[:-2]) + "\r\n", one)
    assert cut.returncode == 0, "only who knows the head sees that the end is missing"
    head = "{}:{}".format(*audit.head())
    assert verify(tmp_path, one, two, options=["--seen", head]).returncode == 0
    cut = verify(tmp_path, one, "\r\n".join(two.split("\r\n")[:-2]) + "\r\n", options=["--seen", head])
    assert cut.returncode == 1 and "row 7: the files end at row 6" in cut.stdout
    other = verify(tmp_path, one, two, options=["--seen", "2:" + "0" * 64])
    assert other.returncode == 1 and "row 2: it bears another seal" in other.stdout
    assert verify(tmp_path, "a,b\r\n1,2\r\n").returncode == 2
    torn = tmp_path / "torn.csv"
    torn.write_bytes(one.encode().replace(b"thread.pinned", b"thread\xc3pinned"))
    assert "row 1: its content was changed" in verify(tmp_path, options=[str(torn)]).stdout, "no UTF-8 any more"
    assert verify(tmp_path, one.split("\r\n")[0] + "\r\n").stdout == "no rows: nothing to check\n"


def test_a_file_names_nobody_and_is_one_line_a_row(history, ann, client):
    contents = [month_file(client, month) for month in history]
    rows = [row for content in contents for row in csv.DictReader(io.StringIO(content, newline=""))]
    assert [int(row["seq"]) for row in rows] == list(range(1, 8))
    for content in contents:
        assert content.isascii() and content.count("\n") == content.count("\r") == content.count("\r\n")
        assert f"person:{ann.id}," not in content and "bob" not in content
    assert rows[1]["facts"].startswith("{") and "\\r\\n" in rows[1]["facts"]
    targets = {row["act"]: row["target"] for row in rows}
    assert targets["person.suspended"].startswith("person:") and len(targets["person.suspended"]) == 71


def test_a_cell_that_a_spreadsheet_would_run_is_guarded_and_read_back():
    for danger in ("=1+1", "+1", "-1", "@SUM(A1)", "'=1"):
        assert sheets.cell(danger) == "'" + danger
    assert sheets.cell("\r\n=1") == "\\r\\n=1" and sheets.cell("\t@x") == "\\t@x" and sheets.cell("\u202e") == "\\u202e"
    assert (
        sheets.cell(None) == ""
        and sheets.cell(3) == "3"
        and sheets.cell("a=b") == "a=b"
        and sheets.cell("汇 聚") == "汇 聚"
    )
    [line] = sheets.lines([["=1", 'say "x", y', "a\nb"]])
    assert line == '\'=1,"say ""x"", y",a\\nb\r\n'


def test_a_file_is_fetched_once_and_only_of_a_month(history, client):
    url = f"/moderation/log/{history[0]}.csv"
    first = client.get(url)
    again = client.get(url, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304 and not again.data
    assert f"moderation-log-{history[0]}.csv" in first.headers["Content-Disposition"]
    assert client.get("/moderation/log/1999-01.csv").text.count("\r\n") == 1
    for nonsense in ("2026-13", "2026-1", "x", "0000-00", "9999-12x", "99999-01"):
        assert client.get(f"/moderation/log/{nonsense}.csv").status_code == 404, nonsense
    assert client.get("/moderation/log/9999-12.csv").status_code == 404, "no month follows it"
    listed = client.get("/moderation/log/files").text
    assert all(f"/moderation/log/{month}.csv" in listed for month in history)


def test_rows_of_version_1_about_people_are_followed_and_withheld(thread, bob, client, tmp_path, monkeypatch):
    monkeypatch.setattr(audit, "VERSION", 1)
    with transaction():
        audit.record("person.warned", by=bob, target=f"person:{bob.id}")
    staff_actions.pin(thread, by=bob)
    monkeypatch.setattr(audit, "VERSION", 2)
    staff_actions.unpin(thread, by=bob)
    assert chain.first_fault() is None
    content = month_file(client, queries.month_of(now()))
    assert "person:withheld" in content and f"person:{bob.id}" not in content
    answer = verify(tmp_path, content)
    assert answer.returncode == 0 and "1 rows of version 1 about people could only be followed" in answer.stdout


def test_random_tampering_with_a_file_is_named_at_its_row(history, client, tmp_path):
    """One sign changed anywhere, a row dropped, doubled, two swapped: 120 times, seeded."""
    content = "".join(month_file(client, month) for month in history[:1])
    content += month_file(client, history[1]).split("\r\n", 1)[1]
    heading, *rows = content.removesuffix("\r\n").split("\r\n")
    dice = random.Random(4)
    names = runpy_names()
    for _ in range(120):
        changed, place = list(rows), dice.randrange(len(rows))
        how = dice.choice(("sign", "sign", "sign", "drop", "double", "swap", "slip"))
        expected: int | None = place + 1
        if how == "sign":
            spot = dice.randrange(len(rows[place]))
            sign = dice.choice([each for each in '0123456789abcdef:,"x' if each != rows[place][spot]])
            changed[place] = rows[place][:spot] + sign + rows[place][spot + 1 :]
        elif how == "drop":
            del changed[place]
            expected = place + 1 if place else None  # a file may begin later; the program says so
        elif how == "double":
            changed.insert(place, rows[place])
            expected = place + 2
        elif how == "swap":
            place = dice.randrange(len(rows) - 1)
            changed[place], changed[place + 1] = changed[place + 1], changed[place]
            expected = place + 1 if place else 3  # it begins with row 2, and row 3 should follow
        elif how == "slip":
            changed.insert(place, rows[place].replace(":", ";"))
        found = names["check"](read(names, heading, changed, tmp_path), {len(rows): audit.head()[1]})
        assert found[0] == expected, (how, place, found)


def runpy_names():
    """Return what the program defines."""
    import runpy

    return runpy.run_path(str(SCRIPT))


def read(names, heading, rows, folder):
    path = folder / "changed.csv"
    path.write_text("\r\n".join([heading, *rows]) + "\r\n", encoding="utf-8", newline="")
    return list(names["rows_of"](path))


def test_random_tampering_with_the_database_is_named_at_its_row(history):
    """One sign of one column, a row dropped, slipped in or two swapped: the check names the row."""
    dice = random.Random(5)
    columns = [column.name for column in AuditEntry.__table__.columns if column.name != "seq"]
    before = db.session.execute(text("SELECT * FROM audit_entries ORDER BY seq")).mappings().all()
    for _ in range(40):
        place, how = dice.randint(1, 7), dice.choice(("column", "column", "drop", "swap", "slip"))
        expected = {place}
        with transaction() as session:
            if how == "column":
                tamper(session, place, dice.choice(columns), dice)
            elif how == "drop":
                session.execute(text("DELETE FROM audit_entries WHERE seq = :seq"), {"seq": place})
                expected = {place + 1} if place < 7 else {7}
            elif how == "swap":
                place = dice.randint(1, 6)
                for old, new in ((place, 99), (place + 1, place), (99, place + 1)):
                    session.execute(update(AuditEntry).where(AuditEntry.seq == old).values(seq=new))
                expected = {place}
            else:
                copy = {**before[place - 1], "seq": dice.choice((0, -3, 8)), "hash": "f" * 64}
                put_back(session, [copy], clear=False)
                expected = {copy["seq"]}
        fault = chain.first_fault()
        with transaction() as session:
            put_back(session, before)
        assert fault and fault.seq in expected, (how, place, fault)
        assert chain.first_fault() is None


def put_back(session, rows, clear=True):
    if clear:
        session.execute(text("DELETE FROM audit_entries"))
    names = list(rows[0])
    values = ", ".join("CAST(:facts AS JSON)" if name == "facts" and is_postgres() else f":{name}" for name in names)
    line = text(f"INSERT INTO audit_entries ({', '.join(names)}) VALUES ({values})")
    session.execute(line, [{**row, "facts": as_text(row["facts"])} for row in rows])


def is_postgres():
    return db.engine.dialect.name == "postgresql"


def as_text(facts):
    import json

    return facts if isinstance(facts, str) else json.dumps(facts)


def tamper(session, seq, column, dice):
    """Change one sign of the column as the database keeps it; on PostgreSQL as far as its type takes it."""
    cast = f"CAST({column} AS TEXT)"
    stored = session.scalar(text(f"SELECT {cast} FROM audit_entries WHERE seq = :seq"), {"seq": seq})
    stored = "" if stored is None else stored
    if is_postgres() and column in ("at", "facts", "version", "actor_id"):
        change = {
            "at": "at + interval '1 microsecond'",
            "facts": """CAST('{"x": 1}' AS JSON)""",
            "version": "version + 1",
            "actor_id": "actor_id + 1",
        }[column]
        session.execute(text(f"UPDATE audit_entries SET {column} = {change} WHERE seq = :seq"), {"seq": seq})
        return
    spot = dice.randrange(len(stored) + 1)
    if column == "at":
        spot = min(spot, 25)  # what stands behind the microseconds is not read
    sign = dice.choice([each for each in "0123456789abcdef:x" if each != stored[spot : spot + 1]])
    value = stored[:spot] + sign + stored[spot + 1 :]
    session.execute(text(f"UPDATE audit_entries SET {column} = :value WHERE seq = :seq"), {"value": value, "seq": seq})


def test_the_feed_is_atom_and_says_what_the_page_says(history, client, app):
    answer = client.get("/feeds/moderation-log.atom")
    assert answer.mimetype == "application/atom+xml"
    root = Xml.fromstring(answer.data)
    assert root.tag == f"{ATOM}feed"
    for needed in ("id", "title", "updated", "author"):
        assert root.find(ATOM + needed) is not None, needed
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    site = app.config["SITE_URL"]
    assert links == {"self": f"{site}/feeds/moderation-log.atom", "alternate": f"{site}/moderation/log"}
    entries = root.findall(f"{ATOM}entry")
    assert len(entries) == 7
    newest = entries[0]
    assert newest.findtext(f"{ATOM}title") == "No. 7: A thread was unlocked"
    assert newest.find(f"{ATOM}link").get("href") == f"{site}/moderation/log?kind=row&number=7"
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == 7 and all(each.startswith("tag:") for each in ids)
    assert root.findtext(f"{ATOM}updated") == newest.findtext(f"{ATOM}updated")
    suspended = next(e for e in entries if e.find(f"{ATOM}category").get("term") == "person.suspended")
    assert "Insults or harassment. Data and algorithms. Flagged" in suspended.findtext(f"{ATOM}summary")
    filtered = Xml.fromstring(client.get("/feeds/moderation-log.atom?act=thread&role=admin").data)
    assert [e.find(f"{ATOM}category").get("term") for e in filtered.findall(f"{ATOM}entry")] == [
        "thread.unlocked",
        "thread.locked",
    ]
    assert filtered.findtext(f"{ATOM}id") != root.findtext(f"{ATOM}id")


def test_a_feed_reader_that_has_it_gets_nothing_again(history, thread, bob, client):
    first = client.get("/feeds/moderation-log.atom")
    for header, value in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")):
        again = client.get("/feeds/moderation-log.atom", headers={header: first.headers[value]})
        assert again.status_code == 304 and not again.data
    staff_actions.pin(thread, by=bob)
    assert client.get("/feeds/moderation-log.atom", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_an_empty_feed_is_a_feed(client):
    root = Xml.fromstring(client.get("/feeds/moderation-log.atom").data)
    assert root.findtext(f"{ATOM}updated") and not root.findall(f"{ATOM}entry")
