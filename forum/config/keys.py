"""The key that signs forms and links: the one given, or one made once and kept in the instance folder."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path

from forum.config.reading import UnsafeSetting

WEAK_KEY_LENGTH = 32
WEAK_KEYS = frozenset({"dev", "development", "secret", "changeme", "change-me", "secret-key", "test"})


def secret_key(environ: Mapping[str, str], instance: Path, *, production: bool) -> str:
    """Return the key from the environment, or the one kept in the instance folder (made there when absent)."""
    key = environ.get("SECRET_KEY", "")
    if key and production and (len(key) < WEAK_KEY_LENGTH or key.lower() in WEAK_KEYS):
        raise UnsafeSetting(
            f"SECRET_KEY is weak: production needs at least {WEAK_KEY_LENGTH} random characters, "
            'for example from: python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
        )
    return key or kept_key(instance / "secret_key")


def kept_key(path: Path) -> str:
    """Return the key in `path`; make it first, private and whole, if no process has done so yet."""
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        draft.touch(mode=stat.S_IRUSR | stat.S_IWUSR)
        draft.write_text(secrets.token_urlsafe(48), encoding="ascii")
        try:
            os.link(draft, path)  # atomic, and the first of two processes wins
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii").strip()
