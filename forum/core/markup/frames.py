"""How parent and child talk over their pipes: four bytes of length, then JSON in UTF-8."""

import json
from typing import Any

HEADER = 4


def packed(message: dict[str, Any]) -> bytes:
    """Return the message as one frame."""
    body = json.dumps(message, ensure_ascii=False).encode()
    return len(body).to_bytes(HEADER, "big") + body


def body_length(header: bytes) -> int:
    """Return how many bytes follow a header."""
    return int.from_bytes(header, "big")


def unpacked(body: bytes) -> dict[str, Any]:
    """Return the message of a frame's body."""
    message: dict[str, Any] = json.loads(body)
    return message
