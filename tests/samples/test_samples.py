"""The sample content is what its README promises: whole, in the interchange format, and about nobody real."""

import json
import re
from collections import Counter, defaultdict
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from forum.core.i18n import LANGUAGES
from forum.core.text import (
    BIO_LIMIT,
    BODY_LIMIT,
    NAME_LIMIT,
    NOTE_LIMIT,
    REASON_LIMIT,
    TITLE_LIMIT,
    normalize_line,
    normalize_text,
    skeleton,
    valid_username,
)

FOLDER = Path(__file__).parents[2] / "forum" / "samples"
KINDS = ["person", "subtheme", "thread", "post"]
# The contract's interchange format: the keys a line must have, and those it may have.
REQUIRED = {
    "person": {"kind", "id", "username", "name", "created"},
    "subtheme": {"kind", "id", "slug", "name"},
    "thread": {"kind", "id", "subtheme", "author", "title", "created", "pinned", "locked"},
    "post": {"kind", "id", "thread", "author", "parent", "body", "created", "lang"},
}
OPTIONAL = {
    "person": {"role", "bio"},
    "subtheme": set(),
    "thread": {"views", "tags"},
    "post": {"edited", "score", "expert"},
}
EXTRAS = {
    "accounts": {"username", "name", "email", "role", "language", "timezone", "age", "trust", "days", "bio"},
    "credentials": {
        "id",
        "username",
        "subtheme",
        "title",
        "organization",
        "sector",
        "interests",
        "languages",
        "granted",
        "until",
    },
    "applications": {
        "username",
        "subtheme",
        "title",
        "organization",
        "sector",
        "interests",
        "languages",
        "evidence",
        "links",
        "asked",
    },
    "pins": {"thread", "by", "at"},
    "answers": {"post", "credential"},
    "questions": {"thread", "at", "answer", "chosen"},
    "expert_invitations": {"thread", "by", "expert", "at"},
    "sources": {"post", "listed"},
    "edits": {"post", "at", "old", "note"},
    "flags": {"post", "by", "rule", "note", "at"},
    "decisions": {"post", "by", "outcome", "rule", "reason", "at"},
    "held": {"post", "why"},
    "deleted": {"post", "by", "at"},
}
SUBTHEMES = {
    "online-content": ("Online content", "网络内容建设"),
    "internet-ecology": ("Internet ecology", "网络生态治理"),
    "law-online": ("Rule of law online", "网络法治"),
    "youth-internet-culture": ("Youth internet culture", "青少年网络文明素养"),
    "data-and-algorithms": ("Data and algorithms", "数据与算法"),
    "internet-charity": ("Internet charity", "网络公益慈善"),
    "platform-economy": ("Platform economy", "平台经济诚信建设"),
}
RULES = {"spam", "abuse", "hate", "privacy", "falsehood", "illegal", "minors", "offtopic", "other"}
LINES = [json.loads(line) for line in (FOLDER / "discussions.jsonl").read_text("utf-8").splitlines()]
# The folder may also hold what Python has compiled.
EVERYTHING = "".join(path.read_text("utf-8") for path in FOLDER.iterdir() if path.is_file())


def of_kind(kind: str) -> dict[str, dict[str, Any]]:
    return {line["id"]: line for line in LINES if line["kind"] == kind}


people, subthemes, threads, posts = map(of_kind, KINDS)
extras: dict[str, list[dict[str, Any]]] = json.loads((FOLDER / "extras.json").read_text("utf-8"))
accounts = {account["username"]: account for account in extras["accounts"]}
credentials = {credential["id"]: credential for credential in extras["credentials"]}
pinned_at = {pin["thread"]: pin["at"] for pin in extras["pins"]}


def author(post_id: str) -> str:
    return people[posts[post_id]["author"]]["username"]


def subtheme_of(post_id: str) -> str:
    return subthemes[threads[posts[post_id]["thread"]]["subtheme"]]["slug"]


def flaggers(post_id: str) -> set[str]:
    return {flag["by"] for flag in extras["flags"] if flag["post"] == post_id}


class TestDiscussions:
    def test_every_line_has_the_contracts_keys_and_no_other(self):
        for line in LINES:
            kind = line["kind"]
            assert line.keys() >= REQUIRED[kind], line["id"]
            assert line.keys() <= REQUIRED[kind] | OPTIONAL[kind], line["id"]

    def test_kinds_come_in_order_and_ids_once(self):
        assert [line["kind"] for line in LINES] == sorted((line["kind"] for line in LINES), key=KINDS.index)
        assert sum(map(len, (people, subthemes, threads, posts))) == len(LINES)

    def test_the_counts_are_as_promised(self):
        assert len(threads) == 14
        assert 55 <= len(posts) <= 75
        per_subtheme = Counter(subthemes[thread["subtheme"]]["slug"] for thread in threads.values())
        assert per_subtheme == dict.fromkeys(SUBTHEMES, 2)

    def test_the_readme_counts_what_is_there(self):
        said = re.search(r"(\d+) people, (\d+) threads .* and (\d+) posts", EVERYTHING)
        assert said
        assert [int(number) for number in said.groups()] == [len(people), len(threads), len(posts)]

    def test_both_languages_have_their_share(self):
        languages = Counter(post["lang"] for post in posts.values())
        assert languages.keys() == {"en", "zh"}
        assert min(languages.values()) >= 0.4 * len(posts)

    @pytest.mark.parametrize("post", posts.values(), ids=posts)
    def test_a_post_is_in_the_language_it_names(self, post):
        prose = re.sub(r"```.*?```|`[^`]*`", "", post["body"], flags=re.S)
        han, words = len(re.findall(r"[\u4e00-\u9fff]", prose)), len(re.findall(r"[A-Za-z]+", prose))
        assert (han > words) == (post["lang"] == "zh")

    def test_sub_themes_carry_the_contracts_names(self):
        named = {line["slug"]: (line["name"]["en"], line["name"]["zh"]) for line in subthemes.values()}
        assert named == SUBTHEMES

    def test_every_reference_resolves(self):
        for thread in threads.values():
            assert thread["subtheme"] in subthemes
            assert thread["author"] in people
        for post in posts.values():
            assert post["thread"] in threads
            assert post["author"] in people

    def test_a_thread_opens_with_its_authors_post(self):
        replies = defaultdict(list)
        for post in posts.values():
            replies[post["thread"]].append(post)
        for thread in threads.values():
            opening = min(replies[thread["id"]], key=lambda post: post["created"])
            assert (opening["author"], opening["created"]) == (thread["author"], thread["created"])
            assert opening["parent"] is None
            assert len(replies[thread["id"]]) > 1

    def test_a_parent_is_an_earlier_post_of_the_same_thread(self):
        for post in posts.values():
            if post["parent"]:
                parent = posts[post["parent"]]
                assert parent["thread"] == post["thread"], post["id"]
                assert parent["created"] < post["created"], post["id"]

    def test_nobody_writes_before_they_joined(self):
        for post in posts.values():
            assert post["created"] > people[post["author"]]["created"], post["id"]

    def test_mentions_name_people_of_the_samples(self):
        for post in posts.values():
            assert set(re.findall(r"(?<!\w)@(\w+)", post["body"])) <= set(accounts), post["id"]

    def test_every_text_is_clean_and_within_its_limit(self):
        for post in posts.values():
            assert normalize_text(post["body"], BODY_LIMIT) == post["body"], post["id"]
        for thread in threads.values():
            assert normalize_line(thread["title"], TITLE_LIMIT) == thread["title"]
        for person in people.values():
            assert normalize_line(person["name"], NAME_LIMIT) == person["name"]
            assert normalize_text(person.get("bio", ""), BIO_LIMIT, least=0) == person.get("bio", "")

    def test_user_names_are_allowed_and_unlike_each_other(self):
        names = [valid_username(person["username"]) for person in people.values()]
        assert len({skeleton(name) for name in names}) == len(names)

    def test_display_names_reach_both_ends(self):
        lengths = {len(person["name"]) for person in people.values()}
        assert {1, NAME_LIMIT} <= lengths


class TestNobodyReal:
    def test_links_lead_to_reserved_domains(self):
        hosts = re.findall(r"(?:https?:)?//([^/\s\"'<>)\\]+)", EVERYTHING)
        hosts += re.findall(r"\bwww\.[^/\s\"'<>)\\]+", EVERYTHING)
        assert hosts
        assert set(hosts) <= {"example.org", "example.com"}

    def test_mail_addresses_too(self):
        domains = set(re.findall(r"[\w.+-]+@([\w-]+\.[\w.-]+)", EVERYTHING))
        assert domains == {"example.org"}
        assert {account["email"] for account in accounts.values()} == {f"{name}@example.org" for name in accounts}

    def test_no_password_is_stored(self):
        assert "password" not in {key.lower() for entries in extras.values() for entry in entries for key in entry}

    def test_nobody_is_an_admin(self):
        assert {account["role"] for account in accounts.values()} == {"netizen", "expert", "moderator"}


class TestExtras:
    def test_every_entry_has_its_keys_and_no_other(self):
        assert extras.keys() == EXTRAS.keys()
        for name, entries in extras.items():
            assert entries, name
            for entry in entries:
                assert entry.keys() == EXTRAS[name]

    def test_every_reference_resolves(self):
        for entry in (entry for entries in extras.values() for entry in entries):
            assert entry.get("post", next(iter(posts))) in posts
            assert entry.get("thread", next(iter(threads))) in threads
            assert entry.get("credential", next(iter(credentials))) in credentials
            assert entry.get("by", "alice") in accounts
            assert entry.get("username", "alice") in accounts
            assert entry.get("subtheme", "law-online") in SUBTHEMES
            assert entry.get("rule", "spam") in RULES

    def test_accounts_and_people_say_the_same(self):
        told = [(p["username"], p["name"], p.get("role", "netizen"), p.get("bio", "")) for p in people.values()]
        assert told == [(a["username"], a["name"], a["role"], a["bio"]) for a in accounts.values()]

    def test_accounts_have_a_language_and_a_time_zone(self):
        for account in accounts.values():
            assert account["language"] in LANGUAGES
            assert ZoneInfo(account["timezone"])

    def test_experts_are_those_with_a_credential(self):
        holders = {credential["username"] for credential in credentials.values()}
        assert holders == {name for name, account in accounts.items() if account["role"] == "expert"}

    def test_moderators_pin_and_both_files_agree(self):
        assert set(pinned_at) == {thread["id"] for thread in threads.values() if thread["pinned"]}
        for pin in extras["pins"]:
            assert accounts[pin["by"]]["role"] == "moderator"
            assert pin["at"] > threads[pin["thread"]]["created"]

    def test_an_answer_wears_its_authors_credential_in_a_pinned_thread(self):
        assert {answer["post"] for answer in extras["answers"]} == {i for i, p in posts.items() if p.get("expert")}
        for answer in extras["answers"]:
            credential, written = credentials[answer["credential"]], posts[answer["post"]]["created"]
            assert credential["username"] == author(answer["post"])
            assert credential["subtheme"] == subtheme_of(answer["post"])
            assert credential["granted"] < written
            assert credential["until"] is None or date.fromisoformat(credential["until"]) > day(written)
            assert pinned_at[posts[answer["post"]]["thread"]] < written

    def test_pinned_threads_are_answered_in_two_sub_themes_and_one_waits_for_an_expert(self):
        answered = {posts[answer["post"]]["thread"] for answer in extras["answers"]}
        assert len({threads[thread]["subtheme"] for thread in answered}) >= 2
        waiting = set(pinned_at) - answered
        assert len(waiting) == 1
        slug = subthemes[threads[waiting.pop()]["subtheme"]]["slug"]
        assert slug in {credential["subtheme"] for credential in credentials.values()}

    def test_an_edit_changed_something_after_the_post_was_written(self):
        assert {edit["post"]: edit["at"] for edit in extras["edits"]} == {
            post["id"]: post["edited"] for post in posts.values() if "edited" in post
        }
        for edit in extras["edits"]:
            assert edit["old"] != posts[edit["post"]]["body"]
            assert normalize_text(edit["old"], BODY_LIMIT) == edit["old"]
            assert edit["at"] > posts[edit["post"]]["created"]

    def test_nobody_flags_their_own_post_or_one_post_twice(self):
        pairs = [(flag["post"], flag["by"]) for flag in extras["flags"]]
        assert len(set(pairs)) == len(pairs)
        for flag in extras["flags"]:
            assert flag["by"] != author(flag["post"])
            assert flag["at"] > posts[flag["post"]]["created"]
            assert normalize_text(flag["note"], NOTE_LIMIT, least=0) == flag["note"]

    def test_a_decision_is_anothers_and_comes_after_the_flags(self):
        for decision in extras["decisions"]:
            assert accounts[decision["by"]]["role"] == "moderator"
            assert decision["by"] not in {author(decision["post"]), *flaggers(decision["post"])}
            flags = [flag for flag in extras["flags"] if flag["post"] == decision["post"]]
            assert flags
            assert decision["at"] > max(flag["at"] for flag in flags)
            assert decision["rule"] in {flag["rule"] for flag in flags}
            assert decision["outcome"] == "remove"
            assert normalize_text(decision["reason"], REASON_LIMIT) == decision["reason"]

    def test_bob_finds_cases_he_may_decide(self):
        decided = {decision["post"] for decision in extras["decisions"]}
        waiting = {flag["post"] for flag in extras["flags"]} - decided
        assert len(waiting) >= 3
        assert all("bob" not in {author(post), *flaggers(post)} for post in waiting)
        assert max(len(flaggers(post)) for post in waiting) == 3

    def test_the_held_post_is_a_newcomers_last_word_in_its_thread(self):
        for held in extras["held"]:
            assert held["why"] == "newcomer"
            assert sum(post["author"] == posts[held["post"]]["author"] for post in posts.values()) <= 3
            assert not any(post["parent"] == held["post"] for post in posts.values())

    def test_a_deleted_post_was_deleted_by_its_author(self):
        for deleted in extras["deleted"]:
            assert deleted["by"] == author(deleted["post"])
            assert deleted["at"] > posts[deleted["post"]]["created"]

    def test_all_times_are_utc_and_none_is_after_the_newest_post(self):
        newest = max(post["created"] for post in posts.values())
        entries = [*LINES, *(entry for entries in extras.values() for entry in entries)]
        times = [entry[key] for entry in entries for key in ("created", "edited", "at", "granted") if key in entry]
        for time in times:
            assert re.fullmatch(r"2021-(09|10|11)-\d\dT\d\d:\d\d:00Z", time)
            assert day(time)
        assert max(times) == newest
        span = day(newest) - day(min(post["created"] for post in posts.values()))
        assert 18 <= span.days <= 24


def day(time: str) -> date:
    return datetime.fromisoformat(time).date()
