"""User names: which are taken, and which look like another's."""

import subprocess
import sys

import pytest

from forum.core.text import BadUsername, skeleton, valid_username


@pytest.mark.parametrize("name", ["alice", "dr_chen", "张三", "小明Tom", "José", "Nguyễn", "a.b-c", "欧阳_1", "x2"])
def test_latin_and_han_names_are_taken(name):
    assert valid_username(name) == name


def test_full_width_letters_are_stored_as_plain_ones():
    assert valid_username("ｂｏｂ２") == "bob2"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("a", "short"),
        ("", "short"),
        ("a" * 31, "long"),
        ("аdmin", "characters"),  # Cyrillic а
        ("αlice", "characters"),
        ("al ice", "characters"),
        ("alice\u202e", "characters"),
        ("ali\u200dce", "characters"),
        ("alice\u0316", "characters"),
        ("😀😀", "characters"),
        ("a/b", "characters"),
        ("dotlessı", "characters"),
        ("にほん", "characters"),
        ("_alice", "edges"),
        ("alice.", "edges"),
        ("a..b", "edges"),
        ("2021", "letters"),
    ],
)
def test_other_names_are_refused_with_a_reason(name, reason):
    with pytest.raises(BadUsername) as refused:
        valid_username(name)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    "lookalike",
    ["ADMIN", "аdmin", "ａｄｍｉｎ", "adm1n", "admın", "ádmin", "admin ", "ad\u200dmin", "adrnin", "adm\u0456n"],
)
def test_names_that_look_alike_have_one_skeleton(lookalike):
    assert skeleton(lookalike) == skeleton("admin")


@pytest.mark.parametrize(
    ("one", "other"), [("alice", "alicia"), ("张三", "张四"), ("bob", "rob"), ("dr_chen", "drchen")]
)
def test_names_that_differ_to_the_eye_differ(one, other):
    assert skeleton(one) != skeleton(other)


def test_separators_are_of_one_kind():
    assert skeleton("dr_chen") == skeleton("dr.chen") == skeleton("dr-chen")


@pytest.mark.parametrize(("one", "other"), [("網民", "网民"), ("張三", "张三"), ("書_1", "书.l"), ("裏外", "里外")])
def test_traditional_and_simplified_have_one_skeleton(one, other):
    assert skeleton(one) == skeleton(other)


def test_only_a_name_in_han_loads_the_table_of_characters():
    program = (
        "import sys; from forum.core.text import skeleton; skeleton('dr_chen');"
        "assert 'opencc' not in sys.modules; skeleton('網民'); assert 'opencc' in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
