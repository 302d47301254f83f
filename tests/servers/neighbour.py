"""Another web process of a forum, of today's program or an older one, whose kept pages are its own."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.servers.website import ROOT, inherited

_READS = """
import json, sys
import wsgi
app = wsgi.create_app(json.loads(sys.stdin.readline()))
shelf = app.extensions["page_cache"].shelf
for line in sys.stdin:
    path, cookies = json.loads(line)
    browser = app.test_client()
    for name, value in cookies.items():
        browser.set_cookie(name, value)
    found, missed = shelf.found, shelf.missed
    answer = browser.get(path, headers={"Sec-Purpose": "prefetch"})
    print(json.dumps([answer.status_code, shelf.found - found, shelf.missed - missed, answer.text]), flush=True)
"""


class Neighbour:
    """The process; it reads pages, one after the other."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def read(self, path: str, cookies: Mapping[str, str]) -> tuple[bool, str]:
        """Read a page with these cookies; return whether it was kept, and its text."""
        assert self._process.stdin and self._process.stdout
        print(json.dumps([path, dict(cookies)]), file=self._process.stdin, flush=True)
        status, found, missed, text = json.loads(self._process.stdout.readline())
        assert status == 200, path
        return (found, missed) == (1, 0), text


@contextlib.contextmanager
def neighbour(settings: Mapping[str, Any], folder: Path = ROOT) -> Iterator[Neighbour]:
    """Start the program in `folder` with these settings, and end it."""
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "env": inherited()}
    with subprocess.Popen([sys.executable, "-c", _READS], cwd=folder, **pipes) as process:
        assert process.stdin
        print(json.dumps(dict(settings)), file=process.stdin, flush=True)
        try:
            yield Neighbour(process)
        finally:
            process.stdin.close()
