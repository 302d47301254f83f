"""Every word on a page has its Chinese, with the same placeholders, and nothing else stands in the catalogue."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "_l": None, "lazy_gettext": None, "_n": (1, 2)}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


@pytest.fixture(scope="module")
def chinese() -> Catalog:
    with (ROOT / "translations/zh_Hans/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file, locale="zh_Hans")


@pytest.fixture(scope="module")
def words() -> set:
    """Every message in the code and the templates, a plural one by its singular."""
    return {message[0] if isinstance(message, tuple) else message for message in extracted()}


def extracted() -> set:
    """Every message as it stands in the code: a text, or (singular, plural)."""
    with (ROOT / "translations/babel.cfg").open() as file:
        mapping, options = parse_mapping_cfg(file, "babel.cfg")
    found = set()
    for package in ("forum", "moderation", "templates"):
        folder = ROOT / package
        methods = [(pattern.removeprefix(f"{package}/"), method) for pattern, method in mapping]
        for _file, _line, message, _comments, _context in extract_from_dir(str(folder), methods, options, KEYWORDS):
            found.add(message)
    return found


def test_no_word_is_both_counted_and_not():
    """The catalogue has one entry for both, and a page that does not count would meet a %(num)d."""
    messages = extracted()
    counted = {message[0] for message in messages if isinstance(message, tuple)}
    assert counted & {message for message in messages if isinstance(message, str)} == set()


def test_every_word_is_translated(words, chinese):
    assert len(words) > 500, "the extraction found hardly anything: it would prove nothing"
    missing = [word for word in sorted(words) if not (chinese.get(word) and _forms(chinese, word))]
    assert missing == [], "run `make translations` and fill these in"


def test_nothing_is_fuzzy_or_left_over(words, chinese):
    assert [message.id for message in chinese if message.id and message.fuzzy] == []
    assert [message.id for message in chinese if message.id and _key(message.id) not in words] == []


def test_placeholders_are_the_same(chinese):
    for message in chinese:
        if not message.id:
            continue
        wanted = set(PLACEHOLDER.findall(message.id[-1] if isinstance(message.id, tuple) else message.id))
        for form in _forms(chinese, _key(message.id)):
            assert set(PLACEHOLDER.findall(form)) == wanted, message.id


def _key(message_id) -> str:
    return message_id[0] if isinstance(message_id, (tuple, list)) else message_id


def _forms(catalog: Catalog, word: str) -> list[str]:
    """Return all plural forms of a translation, or [] when one is empty."""
    string = catalog.get(word).string
    forms = [string] if isinstance(string, str) else list(string)
    return forms if all(forms) else []
