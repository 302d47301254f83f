"""The documents say what the code says: README and docs/settings.md have every setting, limit and number of trust."""

import re
from pathlib import Path

import pytest

from forum import config

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
TABLES = (ROOT / "docs/settings.md").read_text("utf-8")


@pytest.mark.parametrize("setting", config.SETTINGS, ids=lambda setting: setting.name)
def test_the_readme_has_every_setting(setting):
    assert f"| `{setting.name}` | {setting.default} | {setting.meaning} |" in README


@pytest.mark.parametrize("name", config.LIMITS)
def test_the_table_has_every_limit(name):
    limit = config.LIMITS[name]
    assert f"| `LIMIT_{name}` | {limit.default} | {limit.meaning} |" in TABLES


@pytest.mark.parametrize("name", config.SCREENS)
def test_the_table_has_every_number_of_the_screens(name):
    row = config.SCREENS[name]
    assert f"| `SCREEN_{name}` | {row.default} | {row.meaning} |" in TABLES


@pytest.mark.parametrize("name", config.TRUST)
def test_the_table_has_every_number_of_trust(name):
    row = config.TRUST[name]
    assert f"| `TRUST_{name}` | {row.default} | {row.meaning} |" in TABLES


@pytest.mark.parametrize("name", config.HIDING)
def test_the_table_has_every_number_of_hiding(name):
    row = config.HIDING[name]
    assert f"| `HIDING_{name}` | {row.default} | {row.meaning} |" in TABLES


@pytest.mark.parametrize("name", config.STRIKES)
def test_the_table_has_every_number_of_records(name):
    row = config.STRIKES[name]
    assert f"| `STRIKE_{name}` | {row.default} | {row.meaning} |" in TABLES


def test_the_tree_has_every_room_of_moderation():
    tree = (ROOT / "docs/architecture.md").read_text("utf-8").partition("```")[2].partition("```")[0]
    part = tree.partition("\nmoderation/")[2].partition("\nsearch_index/")[0]
    # the files that every feature has are named below the tree
    usual = {"__init__", "models", "policy", "actions", "queries", "forms", "listeners", "member_views", "staff_views"}
    rooms = {path.stem for path in (ROOT / "moderation").glob("*.py")} - usual
    rooms |= {f"{path.parent.name}/" for path in (ROOT / "moderation").glob("*/__init__.py")}
    assert not {room for room in rooms if not re.search(rf"(^|\s){room}(\s|$)", part)}
    named = {word for line in part.splitlines()[1:] for word in re.split(r"\s{2,}", line.strip())[0].split()}
    assert {word for word in named if word.endswith("/")} <= rooms, "and none that has gone"


def test_the_tree_has_every_room_of_the_forum():
    tree = (ROOT / "docs/architecture.md").read_text("utf-8").partition("```")[2].partition("```")[0]
    part = tree.partition("\nforum/")[2].partition("\nmoderation/")[0]
    rooms = {f"{path.parent.name}/" for path in (ROOT / "forum").glob("*/__init__.py")}
    assert {word for line in part.splitlines() for word in line.split()[:1] if word.endswith("/")} >= rooms
    files = {path.name for path in (ROOT / "forum").glob("*.py")} - {"__init__.py"}
    assert not {name for name in files if name not in part}


def test_no_setting_is_read_outside_of_the_configuration():
    readers = {"forum/serve.py", "forum/supervisor.py", "wsgi.py"}
    for package in ("forum", "moderation", "search_index"):
        for path in (ROOT / package).rglob("*.py"):
            if str(path.relative_to(ROOT)) not in readers:
                assert not re.search(r"os\.environ|getenv", path.read_text("utf-8")), f"{path} reads the environment"


def test_every_link_between_documents_leads_somewhere():
    for document in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text("utf-8")):
            if not re.match(r"[a-z]+:", target):
                assert (document.parent / target).exists(), f"{document.name} links to {target}"
