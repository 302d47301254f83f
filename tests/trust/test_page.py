"""The page that says where I stand and what is next; the same on the administrators' page of a person."""

import re

from forum.core.database import transaction


def steps(page: str) -> dict[str, str]:
    """Return what is said of each requirement."""
    rows = re.findall(r'id="step-(\w+)">.*?trust-step-count">([^<]*)', page, re.DOTALL)
    return {code: " ".join(words.split()) for code, words in rows}


def test_it_shows_what_level_one_asks(as_, mallory, has_read):
    has_read(mallory, threads=2, posts=31, seconds=100)
    page = as_(mallory).get("/settings/trust").text
    assert "Level 0" in page and "New here" in page
    assert steps(page) == {"threads": "2 of 5", "posts": "31 of 30", "minutes": "1 of 10"}
    assert page.count("<progress") == 3 and page.count("is-met") == 1


def test_it_shows_what_level_three_asks_and_keeps(as_, alice, thread):
    for level in (2, 3):
        with transaction():
            alice.trust_level = level
        page = as_(alice).get("/settings/trust").text
        assert steps(page)["days"] == "0 of 50" and steps(page)["strikes"] == "0 of at most 1"
        assert ("To stay “Regular”" in page) == (level == 3) and "latest 100 days" in page


def test_it_says_what_the_limits_are(as_, alice):
    page = as_(alice).get("/settings/trust").text
    assert re.findall(r"<td data-label[^>]*>(\d+)</td>", page) == [
        "20", "200", "60", "20", "20", "200", "60", "20", "30", "300", "90", "30", "40", "400", "120", "40",
    ]  # fmt: skip


def test_staff_read_that_they_need_no_level(as_, bob, dr_chen, alice):
    assert all("from the start" in as_(one).get("/settings/trust").text for one in (bob, dr_chen))
    assert "from the start" not in as_(alice).get("/settings/trust").text


def test_admins_see_it_on_the_persons_page(as_, carol, mallory, has_read):
    has_read(mallory, posts=12)
    page = as_(carol).get("/admin/people/mallory").text
    assert steps(page)["posts"] == "12 of 30"
    with transaction():
        mallory.trust_level = 2
    trust = as_(carol).get("/admin/people/mallory").text.split('id="trust"')[1].split("</section>")[0]
    assert "replied to them" in trust and not re.search(r"\byour?\b", trust), "it speaks of another"


def test_it_speaks_the_readers_language_of_the_interface(as_, mallory):
    browser = as_(mallory)
    browser.set_cookie("language", "zh_Hans")
    page = browser.get("/settings/trust").text
    assert '<html lang="zh-Hans"' in page and page.count("<progress") == 3
