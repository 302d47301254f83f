"""`python -m forum.serve` runs the whole forum, or says plainly why it can't."""

import http.client
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from forum.core import turns
from forum.core.markup import bounds
from forum.serve import BLOCKING_THREADS, answers
from tests.servers.waiting import HOST, free_port, wait_until
from tests.servers.website import inherited

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 120  # seconds; what is left after that is a defect


def serve(log: Path, **settings: str) -> subprocess.Popen[bytes]:
    """Start the command. Its standard error closes when the last process it started has ended."""
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "forum.serve"],
            cwd=ROOT,
            env={**inherited(), "FORUM_INSTANCE": str(log.parent / "instance"), **settings},
            stdout=output,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )


def refusal(log: Path, **settings: str) -> str:
    """What the command says when it can't run."""
    process = serve(log, **settings)
    _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1, errors
    return log.read_text() + errors.decode()


def status(port: int, path: str) -> int:
    """The status of one page."""
    connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def test_those_who_may_wait_leave_threads_to_the_pages() -> None:
    lanes = (bounds._ordinary, bounds._doubtful)
    assert sum(lane._places + lane._size for lane in lanes) + turns.PLACES <= BLOCKING_THREADS - 2


def test_it_opens_in_production_without_samples_and_closes_whole(tmp_path: Path) -> None:
    log, port = tmp_path / "log", free_port()
    process = serve(log, PORT=str(port), FORUM_ENV="production", SECRET_KEY="k3" * 20)
    try:
        wait_until(lambda: f"open at http://{HOST}:{port}/" in log.read_text(), process, log)
        assert answers(HOST, port)
        assert status(port, "/people/alice") == 404
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert not answers(HOST, port)


def test_it_names_the_way_out_when_the_port_is_in_use(tmp_path: Path) -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        said = refusal(tmp_path / "log", PORT=str(port))
    assert said == f"Port {port} is in use. Choose another: PORT={port % 65535 + 1} make run\n"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"PORT": "abc"}, "PORT=abc is not a number from 1 to 65535."),
        ({"PORT": "65536"}, "PORT=65536 is not a number from 1 to 65535."),
        ({"WEB_WORKERS": "0"}, "WEB_WORKERS=0 is not a number from 1 to 256."),
        ({"HOST": "192.0.2.1"}, "Listening on HOST=192.0.2.1 is not possible"),
    ],
)
def test_it_refuses_a_setting_that_makes_no_sense(tmp_path: Path, settings: dict[str, str], message: str) -> None:
    assert message in refusal(tmp_path / "log", **{"PORT": str(free_port()), **settings})


def test_it_starts_nothing_when_set_up_fails(tmp_path: Path) -> None:
    said = refusal(tmp_path / "log", PORT=str(free_port()), FORUM_ENV="production", SECRET_KEY="weak")
    assert "The set-up failed (see above). Nothing was started." in said
    assert "SECRET_KEY" in said


@pytest.mark.parametrize(("settings", "is_said"), [({}, True), ({"REDIS_URL": "redis://127.0.0.1:1/0"}, False)])
def test_it_says_that_several_processes_without_redis_widen_the_limits(
    tmp_path: Path, settings: dict[str, str], is_said: bool
) -> None:
    weak = {"PORT": str(free_port()), "FORUM_ENV": "production", "SECRET_KEY": "weak"}  # so that it goes no further
    said = refusal(tmp_path / "log", WEB_WORKERS="3", **weak, **settings)
    assert ("limits are 3 times as wide" in said) is is_said
