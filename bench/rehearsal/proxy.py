"""nginx with the file of deploy/, on ports of this machine and without TLS."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from forum.guard import Guard

CONF = Path(__file__).resolve().parents[2] / "deploy" / "nginx.conf"
HOST = "127.0.0.1"


def whole_nginx(folder: Path, site: Path) -> str:
    """Return a configuration around one site's file, with all that nginx writes under `folder`."""
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"    {kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    # root's nginx would hand its work to nobody, who may not look into a folder of root's
    user = "user root root;\n" if os.geteuid() == 0 else ""
    return (
        f"{user}worker_processes 1;\npid {folder}/nginx.pid;\nerror_log {folder}/error.log warn;\n"
        f"events {{ worker_connections 1024; }}\nhttp {{\n{temporary}    access_log off;\n    include {site};\n}}\n"
    )


def on_this_machine(text: str, folder: Path, port: int, nodes: Sequence[int]) -> str:
    """Return deploy/nginx.conf with one listening port, without TLS, and with these nodes."""
    redirecting = re.compile(r"server \{\n    listen 80 .*?\n\}\n", re.DOTALL)
    text = redirecting.sub("", text)
    text = re.sub(r"    (ssl_|listen \[).*\n", "", text)
    text = text.replace("listen 443 ssl http2;", f"listen {HOST}:{port};")
    text = text.replace("/var/cache/nginx/forum", f"{folder}/cache")
    servers = "".join(f"    server {HOST}:{node} max_fails=2 fail_timeout=2s;\n" for node in nodes)
    return re.sub(r"(    server 127\S+ max_fails=2 fail_timeout=2s;\n)+", servers, text)


def a_certificate(folder: Path) -> None:
    """Put a certificate for forum.example that nobody trusts, with its key, into `folder`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "forum.example")])
    start = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(start)
    signed = made.not_valid_after(start + timedelta(days=1)).sign(key, hashes.SHA256())
    (folder / "fullchain.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "privkey.pem").write_bytes(key.private_bytes(*plain))


def program() -> str:
    """Return where nginx is. FileNotFoundError, with what to install, where there is none."""
    found = shutil.which("nginx", path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
    if found is None:
        raise FileNotFoundError("The rehearsal needs nginx: apt-get install nginx-light")
    return found


class Nginx:
    """A running nginx in front of some nodes."""

    def __init__(self, guard: Guard, folder: Path, port: int, nodes: Sequence[int]) -> None:
        folder.mkdir(parents=True)
        self.url = f"http://{HOST}:{port}"
        self.log = folder / "error.log"
        self._guard = guard
        site, whole = folder / "forum.conf", folder / "nginx.conf"
        site.write_text(on_this_machine(CONF.read_text("utf-8"), folder, port, nodes))
        whole.write_text(whole_nginx(folder, site))
        command = [program(), "-p", str(folder), "-c", str(whole), "-e", str(self.log), "-g", "daemon off;"]
        self.process = subprocess.Popen(command, start_new_session=True, stdin=subprocess.DEVNULL)
        guard.watch(self.process.pid)

    def stop(self) -> None:
        """End it."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(30)
        self._guard.forget(self.process.pid)
