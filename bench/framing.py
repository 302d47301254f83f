"""The frame of a chart for the documents: an SVG that stands alone, with its title, its words and its day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape


def framed(size: tuple[int, int], title: str, said: str, under: str, style: str, drawn: str, *, left: int) -> str:
    """Return the SVG of `size` (width, height) around what is `drawn`.

    `said`: what the picture says, for who does not see it; `under`: the line below the title; `left`: where both begin.
    """
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size[0]} {size[1]}" role="img" aria-labelledby="t d">'
        f'<title id="t">{escape(title)}</title><desc id="d">{escape(said)}</desc><style>{style}</style>'
        f'<text class="head" x="{left}" y="22">{escape(title)}</text><text x="{left}" y="42">{escape(under)}</text>'
        f"{drawn}</svg>\n"
    )


def day_and_machine(results: Mapping[str, Any]) -> str:
    """Return when and on what it was measured, as far as both kinds of results say it."""
    machine = results["machine"]
    return f"{results['taken'][:10]}, {machine['cores']} cores, {machine['memory_gb']} GB"
