"""`python -m forum.serve` runs the whole forum, or says plainly why it can't."""

import http.client
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench.speed.servers import family
from forum.core import turns
from forum.core.markup import bounds
from forum.serve import BLOCKING_THREADS, answers
from forum.supervisor import SAME_WISH
from tests.servers.waiting import HOST, free_port, wait_until
from tests.servers.website import inherited

ROOT = Path(__file__).resolve().parent.parent
TWO_JOBS = """
import sys, time
import wsgi
from forum.cli import worker
from forum.core import jobs

@jobs.job
def work(name, seconds):
    print(name, "begun", flush=True)
    time.sleep(seconds)
    print(name, "ended", flush=True)

worker.LAST_JOB_SECONDS = 2
jobs._sweepers.clear()  # there is no database
app = wsgi.create_app()
with app.app_context():
    for name, seconds in (("short", 0.5), ("long", 600)):
        jobs.enqueue(work, name=name, seconds=seconds)
try:
    with app.app_context():
        worker.worker_command.main([])
finally:
    print("left:", [task.args[1]["name"] for task in app.extensions["huey"].pending()], flush=True)
"""
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
    """Asked to stop, it says so while it still answers, then takes nobody new and ends what it has begun."""
    log, port = tmp_path / "log", free_port()
    process = serve(log, PORT=str(port), FORUM_ENV="production", SECRET_KEY="k3" * 20, STOP_DELAY="300")
    try:
        wait_until(lambda: f"open at http://{HOST}:{port}/" in log.read_text(), process, log)
        assert answers(HOST, port)
        wait_until(lambda: len(family(process.pid)) == 4, process, log)  # supervisor, guard, web server, worker
        assert [status(port, path) for path in ("/people/alice", "/health/ready")] == [404, 200]
        with socket.create_connection((HOST, port), timeout=PATIENCE) as begun:
            begun.sendall(b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10\r\n\r\nuser=")
            process.send_signal(signal.SIGTERM)
            wait_until(lambda: status(port, "/health/ready") == 503, process, log)
            assert [status(port, path) for path in ("/", "/health/live")] == [200, 200]
            time.sleep(SAME_WISH + 0.1)
            process.send_signal(signal.SIGTERM)  # a second wish: nobody waits for the rest of the delay
            wait_until(lambda: not answers(HOST, port), process, log)
            begun.sendall(b"alice")
            assert begun.makefile("rb").readline().startswith(b"HTTP/1.1 400 ")  # it came without a form's token
        process.wait(PATIENCE)  # a third wish would end it at once
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert not answers(HOST, port)
    assert not list((tmp_path / "instance").glob("stopping-*"))


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


def test_asked_to_stop_the_worker_ends_a_job_or_hands_it_back(tmp_path: Path) -> None:
    log, env = tmp_path / "log", {**inherited(), "FORUM_INSTANCE": str(tmp_path)}
    with log.open("wb") as output:
        worker = subprocess.Popen([sys.executable, "-c", TWO_JOBS], cwd=ROOT, env=env, stdout=output, stderr=output)
    try:
        wait_until(lambda: log.read_text().count("begun") == 2, worker, log)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(PATIENCE) == 0, log.read_text()
    finally:
        worker.kill()
        worker.wait()
    said = log.read_text()
    assert "short ended" in said and "long ended" not in said
    assert "left: ['long']" in said
