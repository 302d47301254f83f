"""What a first visit of a page brings over the wire: the page, its style sheets and its scripts, compressed."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from bench.speed.cases import ask, compressed
from bench.speed.figures import Wrong


@dataclass(frozen=True)
class Weight:
    """Bytes of the page, of its styles and of its scripts, each as a browser gets it."""

    page: int
    styles: int
    scripts: int

    @property
    def whole(self) -> int:
        """Bytes of all of it."""
        return self.page + self.styles + self.scripts


def weigh(port: int, path: str) -> Weight:
    """Ask for the page and everything that it loads."""
    page = ask(port, path)
    styles = re.findall(r'<link[^>]+rel="stylesheet"[^>]+href="([^"]+)"', page.text)
    scripts = re.findall(r'<script[^>]+src="([^"]+)"', page.text)
    if not styles:
        raise Wrong(f"{path} has no style sheet")
    sizes = (sum(compressed(port, html.unescape(name)) for name in names) for names in (styles, scripts))
    return Weight(compressed(port, path), *sizes)
