"""The arrow holds: wsgi → moderation → forum → search_index, also inside forum; and no imports in a loop."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("search_index", "forum", "moderation")

# A room may import itself and the rooms named here (docs/architecture.md).
MAY_IMPORT = {
    "search_index": {"search_index"},
    "forum": {"forum", "search_index"},
    "moderation": {"forum", "moderation"},
}
_BELOW_THREADS = {"config", "core", "mail", "accounts", "subthemes", "experts"}
ROOMS = {
    "config": set(),
    "guard": set(),
    "stamp": set(),
    "supervisor": {"guard"},
    "serve": {"guard", "stamp", "supervisor"},
    "webserver": {"serve"},
    "core": {"config"},
    "store": {"config", "core"},
    "mail": {"config", "core"},
    "accounts": {"config", "core", "mail"},
    "avatars": {"config", "core", "store", "accounts"},
    "entry": {"config", "core", "mail", "accounts"},
    "subthemes": {"config", "core", "accounts"},
    "experts": {"config", "core", "accounts", "subthemes"},
    "threads": _BELOW_THREADS,
    "notifications": _BELOW_THREADS | {"threads"},
    "credentials": _BELOW_THREADS | {"threads", "notifications"},
    "answers": _BELOW_THREADS | {"threads", "notifications"},
    "search": _BELOW_THREADS | {"threads"},
    "trust": _BELOW_THREADS | {"threads", "notifications"},
    "telemetry": {"config", "core"},
    "metrics": {"config", "core", "notifications", "search"},
    "backup": {"config", "core", "store", "mail", "search"},
    "asking": _BELOW_THREADS | {"threads", "notifications", "search", "answers"},
    "messages": _BELOW_THREADS | {"threads", "notifications"},
    "programme": _BELOW_THREADS | {"threads", "notifications", "asking"},
    "live": _BELOW_THREADS | {"threads", "asking"},
    "archive": _BELOW_THREADS | {"threads"},
    "leaving": _BELOW_THREADS
    | {
        "answers",
        "asking",
        "avatars",
        "entry",
        "store",
        "threads",
        "notifications",
        "messages",
        "trust",
        "credentials",
        "programme",
    },
    "samples": _BELOW_THREADS
    | {"answers", "asking", "credentials", "threads", "archive", "notifications", "search", "trust", "programme"},
    "admin": _BELOW_THREADS
    | {"answers", "avatars", "credentials", "entry", "threads", "notifications", "trust", "leaving"},
    "cli": _BELOW_THREADS | {"entry", "threads", "notifications", "search", "archive", "samples", "leaving"},
}
MODERATION_MAY = {
    "avatars",
    "credentials",
    "config",
    "core",
    "accounts",
    "subthemes",
    "experts",
    "threads",
    "asking",  # the public log's words for its acts
    "search",  # a purge leaves no word in the index
    "notifications",
    "programme",
    "trust",
    "messages",
    "mail",
    "leaving",
    "samples",
}
WITHOUT_FLASK = (
    "actions",
    "policy",
    "queries",
    "models",
    "states",
    "writing",
    "screening",
    "decisions",
    "cases",
    "flags",
    "answering",
    "fields",
    "owing",
    "profile_actions",
    "sanctions",
    "silences",
    "suspensions",
)
LIGHT = {"flask_babel"}  # lazy messages of refusals


def modules() -> dict[str, Path]:
    """Return every module of the product by its dotted name."""
    found = {"wsgi": ROOT / "wsgi.py"}
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def imports(path: Path) -> Iterator[str]:
    """Return the dotted name of everything a file imports, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in MODULES else str(node.module)


def ours(path: Path) -> Iterator[str]:
    """Return what a file imports of the product itself."""
    yield from (name for name in imports(path) if name.split(".")[0] in (*PACKAGES, "wsgi"))


def test_packages_import_one_way():
    for name, path in MODULES.items():
        package = name.split(".")[0]
        for imported in ours(path):
            allowed = MAY_IMPORT.get(package, set(PACKAGES))
            assert imported.split(".")[0] in allowed, f"{name} imports {imported}"


def test_rooms_of_the_forum_import_one_way():
    for name, path in MODULES.items():
        parts = name.split(".")
        if parts[0] == "forum" and len(parts) > 1:
            for imported in (i.split(".") for i in ours(path)):
                if imported[0] == "forum" and len(imported) > 1 and imported[1] != parts[1]:
                    assert imported[1] in ROOMS[parts[1]], f"{name} imports {'.'.join(imported)}"


def test_moderation_uses_the_rooms_it_may():
    for name, path in MODULES.items():
        if name.startswith("moderation"):
            for imported in (i.split(".") for i in ours(path)):
                if imported[0] == "forum" and len(imported) > 1:
                    assert imported[1] in MODERATION_MAY, f"{name} imports {'.'.join(imported)}"


def test_search_index_knows_neither_flask_nor_the_database():
    for name, path in MODULES.items():
        if name.startswith("search_index"):
            foreign = {imported.split(".")[0] for imported in imports(path)}
            assert not foreign & {"flask", "sqlalchemy", "flask_sqlalchemy"}, name


def test_no_flask_below_the_view():
    for name, path in MODULES.items():
        if set(WITHOUT_FLASK) & set(name.split(".")[-2:]) and not name.startswith("search_index"):
            foreign = {imported.split(".")[0] for imported in imports(path)} - LIGHT
            assert not {i for i in foreign if i == "flask" or i.startswith("flask_")}, f"{name} knows Flask"


def test_no_two_files_import_each_other_in_a_loop():
    graph = {name: set(ours(path)) - {name} for name, path in MODULES.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


def test_only_actions_commit():
    for name, path in MODULES.items():
        # the second writes a whole database at once, the third only passes on what the first one says
        if name in {"forum.core.database", "forum.backup.restoring", "forum.core.patience"}:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr == "commit" and not name.startswith("search_index"):
                pytest.fail(f"{name}:{node.lineno} commits; only transaction() does")


def test_every_module_says_what_it_is_for():
    for name, path in MODULES.items():
        assert ast.get_docstring(ast.parse(path.read_text("utf-8"))), name
