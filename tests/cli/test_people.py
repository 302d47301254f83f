"""`flask people …`: the first admin, roles and credentials from the console."""

import pytest

from forum.accounts import actions, queries
from forum.experts import queries as experts

PASSWORD = "a bridge of seven arches"


@pytest.fixture
def people(app):
    """`people("create", …)`: the command's answer."""
    return lambda *words, stdin=PASSWORD + "\n": app.test_cli_runner().invoke(args=["people", *words], input=stdin)


def test_the_first_admin_is_made_here(people):
    answer = people("create", "carol", "--email", "carol@example.org", "--role", "admin", "--password-stdin")
    assert answer.exit_code == 0, answer.output
    carol = queries.by_username("carol")
    assert carol and carol.is_admin
    assert actions.authenticate("carol", PASSWORD)


@pytest.mark.parametrize(
    ("name", "email", "password"),
    [("c", "c@example.org", PASSWORD), ("carol", "no address", PASSWORD), ("carol", "carol@example.org", "short")],
)
def test_a_refusal_is_said_and_nothing_is_made(people, name, email, password):
    answer = people("create", name, "--email", email, "--password-stdin", stdin=password + "\n")
    assert answer.exit_code == 1
    assert answer.output.startswith("Error: ")
    assert queries.by_username(name) is None


def test_a_credential_is_granted(people, alice):
    words = (
        "--subtheme",
        "law-online",
        "--title",
        "Judge",
        "--organization",
        "Riverside Court",
        "--until",
        "2100-01-31",
        *("--sector", "government", "--interests", "Paid by the court.", "--language", "zh", "--language", "en"),
    )
    answer = people("credential", "alice", *words)
    assert answer.exit_code == 0, answer.output
    (credential,) = experts.of_person(alice.id)
    assert (credential.title, str(credential.valid_until)) == ("Judge", "2100-01-31")
    assert (credential.sector, credential.interests, credential.languages) == (
        "government", "Paid by the court.", "en zh",
    )  # fmt: skip
    assert people("credential", "alice", *words[:6], "--sector", "wizards").exit_code == 2


def test_somebody_moderates_one_sub_theme_until_it_is_ended(people, alice):
    words = ("moderator", "alice", "--subtheme", "law-online")
    assert people(*words).output == "alice moderates Rule of law online.\n"
    assert "as before" in people(*words).output
    assert queries.by_username("alice").is_staff
    assert "no longer moderates" in people(*words, "--end").output
    assert not queries.by_username("alice").is_staff
    assert "no sub-theme" in people("moderator", "alice", "--subtheme", "nowhere").output


def test_an_unknown_name_or_place_is_said(people, alice):
    words = ("--title", "Judge", "--organization", "Riverside Court")
    assert "nobody called" in people("credential", "nobody", "--subtheme", "law-online", *words).output
    assert "no sub-theme" in people("credential", "alice", "--subtheme", "nowhere", *words).output


def test_a_role_is_changed_but_never_the_last_admin(people, carol):
    assert "last administrator" in people("role", "carol", "netizen").output
    assert queries.by_username("carol").is_admin
