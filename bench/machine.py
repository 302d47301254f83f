"""What has to be known of a machine to read figures that were taken on it."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from typing import Any


def machine(loads: Sequence[float]) -> dict[str, Any]:
    """Return what has to be known of the machine to read the figures."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "cores": os.cpu_count(),
        "memory_gb": round(pages / 1024**3),
        "python": platform.python_version(),
        "load_average": [round(each, 2) for each in loads],
        "shared": bool(loads) and loads[0] > 0.5,
    }
