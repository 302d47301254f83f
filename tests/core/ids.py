"""Whether the elements of a page that name each other by an id find each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tests.core.html_trees import whole_page

POINTERS = ("for", "aria-labelledby", "aria-describedby", "aria-controls")


def wrong_ids(text: str) -> Iterator[str]:
    """Yield what is wrong with a whole page: an id that is there twice, a label or description that leads nowhere."""
    if "<main" not in text:
        return
    elements = list(whole_page(text).iter())
    ids = Counter(element.get("id") for element in elements if element.get("id"))
    yield from (f"the id {name} is there {count} times" for name, count in ids.items() if count > 1)
    for pointer in POINTERS:
        named = {name for element in elements for name in element.get(pointer, "").split()}
        yield from (f"{pointer}={name} leads nowhere" for name in sorted(named - ids.keys()))
