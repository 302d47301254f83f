"""A picture to upload: random points, which nothing makes smaller."""

from __future__ import annotations

import io
import random

from PIL import Image

SIDE = 400


def picture(seed: int = 1) -> bytes:
    """Return a PNG of about half a megabyte."""
    out = io.BytesIO()
    Image.frombytes("RGB", (SIDE, SIDE), random.Random(seed).randbytes(3 * SIDE * SIDE)).save(out, "PNG")
    return out.getvalue()
