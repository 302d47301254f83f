"""The chart for the documents: bars in the house's style (moderation/transparency/charts.py), as a file of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from bench.framing import day_and_machine, framed
from moderation.transparency.charts import BAR, ROW, Chart, chart

WIDTH = 460
HEAD = 54
# Like the site's own style sheet: ink on paper, in a dark theme the other way round. Nothing is said by colour alone.
_STYLE = (
    "svg{background:#fbf8f1;color:#1f2328;font:13px system-ui,sans-serif}text{fill:currentColor}"
    ".bar{fill:#2f5d62}.head{font-weight:600}"
    "@media(prefers-color-scheme:dark){svg{background:#17191c;color:#e8e4da}.bar{fill:#7fb3b8}}"
)


def svg(results: Mapping[str, Any]) -> str:
    """Return the requests a second of every page as an SVG with its own title and description."""
    rows = [(f"{page['name']} ({page['ratio']:.2f} × {page['yardstick']})", page) for page in results["pages"]]
    bars = chart((label, page["requests_per_second"]) for label, page in rows)
    title = "Requests a second, one worker on one core"
    said = "; ".join(f"{label}: {page['requests_per_second']:,.0f}" for label, page in rows)
    height = HEAD + bars.height + 8
    under = day_and_machine(results) + (", shared with other work" if results["machine"]["shared"] else "")
    return framed((WIDTH, height), title, said, under, _STYLE, "".join(_drawn(bars)), left=8)


def _drawn(bars: Chart) -> list[str]:
    return [
        f'<text x="8" y="{HEAD + bar.top + 14}">{escape(bar.label)}</text>'
        f'<rect class="bar" x="8" y="{HEAD + bar.top + ROW // 2}" width="{bar.width}" height="{BAR}"/>'
        f'<text x="{bar.width + 14}" y="{HEAD + bar.top + ROW // 2 + BAR - 1}">{bar.amount or 0:,.0f}</text>'
        for bar in bars.bars
    ]
