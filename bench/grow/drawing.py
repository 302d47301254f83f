"""The chart for the documents: a small picture for every page, posts on a logarithmic scale, milliseconds from zero."""

from __future__ import annotations

from collections.abc import Mapping
from math import log10
from typing import Any
from xml.sax.saxutils import escape

from bench.framing import day_and_machine, framed

COLUMNS, WIDTH, HEIGHT, HEAD, GAP = 3, 262, 104, 62, 12
LEFT, RIGHT, TOP, FOOT = 10, 50, 26, 22  # around the line of a picture
NAMES = {"postgres": "PostgreSQL", "sqlite": "SQLite"}
# Like the site's own style sheet, as in bench/speed/drawing.py. Nothing is said by colour alone.
_STYLE = (
    "svg{background:#fbf8f1;color:#1f2328;font:11px system-ui,sans-serif}text{fill:currentColor}"
    ".line{fill:none;stroke:#2f5d62;stroke-width:2}.dot{fill:#2f5d62}.base{stroke:currentColor;opacity:.3}"
    ".head{font-weight:600;font-size:13px}.name{font-weight:600}"
    "@media(prefers-color-scheme:dark){svg{background:#17191c;color:#e8e4da}.line{stroke:#7fb3b8}.dot{fill:#7fb3b8}}"
)


def svg(kind: str, results: Mapping[str, Any]) -> str:
    """Return the processor time of every page at every size as an SVG with its own title and description."""
    pages = results["pages"]
    rows = -(-len(pages) // COLUMNS)
    width, height = COLUMNS * (WIDTH + GAP) + GAP, HEAD + rows * (HEIGHT + GAP)
    title = f"{NAMES[kind]}: milliseconds of processor a page, by the number of posts"
    said = "; ".join(f"{page['page']}: {_numbers(page)}" for page in pages)
    drawn = "".join(
        _picture(page, GAP + number % COLUMNS * (WIDTH + GAP), HEAD + number // COLUMNS * (HEIGHT + GAP))
        for number, page in enumerate(pages)
    )
    load = " and ".join(f"{each:g}" for each in results["machine"]["load_average"])
    under = f"{day_and_machine(results)}, load {load}"
    return framed((width, height), title, said, under, _STYLE, drawn, left=GAP)


def _numbers(page: Mapping[str, Any]) -> str:
    return ", ".join(f"{int(size):,} posts {found['cpu_ms']:g} ms" for size, found in page["sizes"].items())


def _picture(page: Mapping[str, Any], x: int, y: int) -> str:
    sizes = [(int(size), float(found["cpu_ms"])) for size, found in page["sizes"].items()]
    floor, span = y + HEIGHT - FOOT, HEIGHT - TOP - FOOT
    first, last = (log10(each) for each in (sizes[0][0], max(sizes[-1][0], 10 * sizes[0][0])))
    most = max(ms for _, ms in sizes) or 1.0
    places = [
        (x + LEFT + (WIDTH - LEFT - RIGHT) * (log10(size) - first) / (last - first), floor - span * ms / most)
        for size, ms in sizes
    ]
    line = " ".join(f"{across:.1f},{down:.1f}" for across, down in places)
    dots = "".join(f'<circle class="dot" cx="{across:.1f}" cy="{down:.1f}" r="3"/>' for across, down in places)
    below = "".join(
        f'<text x="{across:.1f}" y="{floor + 14}" text-anchor="{"middle" if number else "start"}">{short(size)}</text>'
        for number, ((across, _), (size, _ms)) in enumerate(zip(places, sizes, strict=True))
    )
    end = places[-1]
    return (
        f'<text class="name" x="{x}" y="{y + 12}">{escape(page["page"])}</text>'
        f'<line class="base" x1="{x}" y1="{floor}" x2="{x + WIDTH - RIGHT + 8}" y2="{floor}"/>'
        f'<polyline class="line" points="{line}"/>{dots}{below}'
        f'<text x="{end[0] + 8:.1f}" y="{end[1] + 4:.1f}">{sizes[-1][1]:.1f} ms</text>'
        f'<text x="{end[0] + 8:.1f}" y="{end[1] + 18:.1f}">× {page["ratio"]:.2f}</text>'
    )


def short(posts: int) -> str:
    """Return a number of posts as it stands under a picture."""
    return f"{posts // 1_000_000}M" if posts >= 1_000_000 else f"{posts // 1_000}k"
