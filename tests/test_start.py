"""A web server starts without what only the command line needs."""

import subprocess
import sys

from tests.servers.website import ROOT, inherited

PROGRAM = """
import sys, wsgi
wsgi.create_app()
print(*sorted({"alembic", "flask_migrate", "forum.archive.commands", "forum.cli.listing"} & set(sys.modules)))
"""


def test_a_web_server_imports_no_commands(tmp_path):
    env = {**inherited(), "FORUM_INSTANCE": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []
