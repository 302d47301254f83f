"""docs/security.md names tests and files that exist, and every requirement of ASVS 5.0 up to level 2, once."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
STATES = {"met", "n.a.", "not yet", "operator"}
# How many requirements of levels 1 and 2 each section has, numbered from 1 (OWASP ASVS 5.0.0, May 2025).
SECTIONS = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1, "3.2": 2, "3.3": 4,
    "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4, "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5,
    "7.5": 2, "7.6": 2, "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4,
    "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4,
    "17.3": 2,
}  # fmt: skip


def missing(page: str) -> list[str]:
    """Return what the page names in code spans and the checkout does not have: files, folders, tests."""
    lost = []
    for span in re.findall(r"`([\w./-]+(?:::\w+)?)`", page):
        path, _, name = span.partition("::")
        is_path = name or path.startswith(
            ("tests/", "forum/", "moderation/", "bench/", "static/", "templates/", "docs/")
        )
        if not is_path:
            continue
        file = ROOT / path
        if not file.exists() or (name and not re.search(rf"^def {name}\(", file.read_text("utf-8"), re.M)):
            lost.append(span)
    return lost


def rows() -> list[tuple[str, str, str]]:
    """Return (number, state, reason) for each requirement in the table; a row may hold a range of them."""
    found = []
    for first, last, state, reason in re.findall(
        r"^\| (\d+\.\d+\.\d+)(?:-(\d+\.\d+\.\d+))? \|[^|]*\| ([^|]*) \| ([^|]*) \|$", PAGE, re.M
    ):
        section, _, number = first.rpartition(".")
        end = int(last.rpartition(".")[2]) if last else int(number)
        found += [(f"{section}.{each}", state, reason) for each in range(int(number), end + 1)]
    return found


def test_what_it_names_exists() -> None:
    assert missing(PAGE) == []
    assert len(re.findall(r"`tests/[\w/]+\.py::\w+`", PAGE)) > 150


def test_the_check_itself_misses_what_is_gone() -> None:
    page = "`tests/test_security_page.py::test_nothing_of_this_name`, `forum/gone.py`, `tests/test_serve.py`, `n.a.`"
    assert missing(page) == ["tests/test_security_page.py::test_nothing_of_this_name", "forum/gone.py"]


def test_every_requirement_stands_in_the_table_once() -> None:
    wanted = [f"{section}.{number}" for section, count in SECTIONS.items() for number in range(1, count + 1)]
    assert [number for number, _, _ in rows()] == wanted
    assert len(wanted) == 253


def test_each_has_a_state_and_a_reason() -> None:
    assert {state for _, state, _ in rows()} == STATES
    assert [number for number, _, reason in rows() if not reason.strip()] == []
