"""Plays deploy/Containerfile in an empty folder, where no image can be built:  python -m bench.rehearsal.image FOLDER

It follows the file's own lines: WORKDIR, ENV, COPY and RUN of both stages with every absolute path moved under FOLDER,
then `flask setup`, the CMD, the HEALTHCHECK, and SIGTERM. What needs root (a user of its own) is named and left out,
and so are the base image and its isolation.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONTAINERFILE = ROOT / "deploy" / "Containerfile"
OURS = ("/srv/forum", "/var/lib/forum")  # the paths that are moved under the folder
PATIENCE = 120.0  # seconds until it answers


def instructions(text: str) -> Iterator[tuple[str, str]]:
    """Yield each instruction's name and the rest of it, lines joined and comments left out."""
    lines = (line for line in text.splitlines() if line.strip() and not line.startswith("#"))
    for line in re.sub(r"\\\n", " ", "\n".join(lines)).splitlines():
        name, _, rest = line.strip().partition(" ")
        yield name, " ".join(rest.split())


@dataclass
class Image:
    """A container's file system as far as it is ours, and what its last stage says about running it."""

    folder: Path
    environ: dict[str, str] = field(default_factory=dict)
    workdir: Path = Path("/")
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def make(self, *, run: bool = True) -> None:
        """Carry out the file; without `run` only what copies."""
        for name, rest in instructions(CONTAINERFILE.read_text("utf-8")):
            act = getattr(self, f"_{name.lower()}", None)
            if act is None or (name == "RUN" and not run):
                self.left_out.append(f"{name} {rest}"[:100])
            else:
                act(rest)

    def start(self, command: list[str]) -> subprocess.Popen[bytes]:
        """Run a command as the container would, with nothing of this machine's environment but its programs."""
        environ = {"PATH": os.environ["PATH"], **self.environ}
        environ["PATH"] = environ["PATH"].replace("$PATH", os.environ["PATH"])
        return subprocess.Popen(
            command, cwd=self.workdir, env=environ, executable=shutil.which(command[0], path=environ["PATH"])
        )

    def _from(self, _rest: str) -> None:
        self.environ.clear()

    def _workdir(self, rest: str) -> None:
        self.workdir = Path(self._moved(rest))
        self.workdir.mkdir(parents=True, exist_ok=True)

    def _env(self, rest: str) -> None:
        self.environ |= dict(pair.split("=", 1) for pair in shlex.split(self._moved(rest)))

    def _copy(self, rest: str) -> None:
        if rest.startswith("--from="):
            return  # both stages lie in the same folder here
        *sources, last = rest.split()
        for source in (ROOT / name for name in sources):
            target = self.workdir / last / (source.name if last.endswith("/") else "")
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, target)

    def _run(self, rest: str) -> None:
        if "useradd" in rest:
            self.left_out.append(f"RUN {rest}"[:100])
            Path(self._moved("/var/lib/forum")).mkdir(parents=True)
            return
        subprocess.run(["sh", "-ec", self._moved(rest)], cwd=self.workdir, check=True)

    def _cmd(self, rest: str) -> None:
        self.command = json.loads(rest)

    def _healthcheck(self, rest: str) -> None:
        self.health = json.loads(rest[rest.index("[") :])

    def _moved(self, text: str) -> str:
        for path in OURS:
            text = re.sub(rf"(?<![\w.]){path}\b", f"{self.folder}{path}", text)
        return text


def main(folder: Path) -> int:
    """Play it whole and say what came out. Returns 0 when every step did what it should."""
    began = time.monotonic()
    image = Image(folder.resolve())
    image.make()
    image.environ |= {
        "SECRET_KEY": "a key that only this rehearsal knows, of 40",
        "SITE_URL": "http://forum.example",
        "PORT": "8765",
    }
    assert image.start(["flask", "setup"]).wait(PATIENCE) == 0, "flask setup"
    web = image.start(image.command)
    try:
        while image.start(image.health).wait(PATIENCE):
            assert time.monotonic() - began < 10 * PATIENCE and web.poll() is None, "the health check"
            time.sleep(0.5)
    finally:
        web.send_signal(signal.SIGTERM)
        status = web.wait(30)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    took = f"{time.monotonic() - began:.0f} s; {size / 1e6:.0f} MB beside the base image"
    sys.stdout.write(f"Played in {took}; asked to stop, the CMD ended with {status}.\n")
    for line in image.left_out:
        sys.stdout.write(f"  left out: {line}\n")
    return status


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
