"""What files in a bucket cost a web process: `python -m bench.bucket`. Prints the table of docs/scaling.md.

moto plays the bucket on this machine. Two forums, one with its files in folders; then the bucket hangs.
"""

from __future__ import annotations

import secrets
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from forum.guard import Guard
from forum.serve import answers, web_command
from tests.servers.s3 import S3
from tests.servers.waiting import HOST, free_port, wait_until
from tests.servers.website import ROOT, inherited

PICTURES = 200
BYTES = 1_500  # of a picture of 48 pixels
AT_ONCE = 40  # asked for while the bucket hangs


def main() -> None:
    """Measure both and print."""
    guard, s3 = Guard(), S3()
    s3.empty()
    try:
        with tempfile.TemporaryDirectory() as folder:
            for kind, url in (("folders", ""), ("bucket", s3.url())):
                _measure(kind, Path(folder) / kind, url, guard, s3)
    finally:
        s3.stop()
        guard.close()


def _measure(kind: str, folder: Path, url: str, guard: Guard, s3: S3) -> None:
    env = {**inherited(), "FORUM_INSTANCE": str(folder), "UPLOADS_URL": url, "VISITOR_SECONDS": "0"}
    names = [f"{secrets.token_hex(16)}-48.webp" for _ in range(PICTURES)]
    shelf = folder / "uploads" / "avatars"
    shelf.mkdir(parents=True)
    for name in names:
        (shelf / name).write_bytes(secrets.token_bytes(BYTES))
    _flask(env, "setup")
    if url:
        began = time.monotonic()
        _flask(env, "store", "move", "--to", "bucket", "--delete")
        print(f"{kind}: moved {PICTURES} pictures in {time.monotonic() - began:.0f} s")
    with _web(env, folder / "log", guard) as (pid, port):
        for _ in range(20):
            _status(port, "/")
        before = _megabytes(pid)
        began = time.monotonic()
        _status(port, f"/avatars/{names[0]}")
        print(f"{kind}: {before:.0f} MB before pictures; the first took {time.monotonic() - began:.1f} s")
        computed, began = _seconds(pid), time.monotonic()
        assert {_status(port, f"/avatars/{name}") for name in names} == {200}
        each = (_seconds(pid) - computed) / PICTURES * 1000, (time.monotonic() - began) / PICTURES * 1000
        print(f"{kind}: a picture {each[0]:.1f} ms of processor, {each[1]:.0f} ms; {_megabytes(pid):.0f} MB afterwards")
        if url:
            _hang(port, names, s3)


def _hang(port: int, names: list[str], s3: S3) -> None:
    s3.hang()
    got: list[int] = []
    asking = [
        threading.Thread(target=lambda name=name: got.append(_status(port, f"/avatars/{name}"))) for name in names
    ]  # type: ignore[misc]
    pages = []
    for thread in asking[:AT_ONCE]:
        thread.start()
    while any(thread.is_alive() for thread in asking[:AT_ONCE]):
        began = time.monotonic()
        assert _status(port, "/about") == 200
        pages.append(time.monotonic() - began)
        time.sleep(0.2)
    s3.behave()
    pages.sort()
    middle, longest = pages[len(pages) // 2], pages[-1]
    print(f"while it hangs: pictures {set(got)}; {len(pages)} pages in {middle:.2f} s, {longest:.2f} s at most")


@contextmanager
def _web(env: dict[str, str], log: Path, guard: Guard) -> Iterator[tuple[int, int]]:
    port = free_port()
    with log.open("wb") as out:
        web = subprocess.Popen(
            web_command(HOST, port, 1), cwd=ROOT, env=env, stdout=out, stderr=out, start_new_session=True
        )
    guard.watch(web.pid)
    try:
        wait_until(lambda: answers(HOST, port), web, log)
        yield web.pid, port
    finally:
        web.terminate()
        web.wait(30)
        guard.forget(web.pid)


def _flask(env: dict[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "flask", *arguments], cwd=ROOT, env=env, check=True, capture_output=True)


def _status(port: int, path: str) -> int:
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}{path}", timeout=60) as answer:
            answer.read()
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def _megabytes(pid: int) -> float:
    """What the process has for itself and its fair part of what it shares."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _seconds(pid: int) -> float:
    """What the process has computed."""
    facts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(facts[11]) + int(facts[12])) / 100


if __name__ == "__main__":
    main()
