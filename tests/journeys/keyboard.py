"""Going about a page with the Tab key. Where the focus is can be seen at every step."""

from typing import Any

from playwright.sync_api import ElementHandle, Locator, Page

STEPS = 150  # more presses of Tab than any page of the journeys needs
# The outline of the focused element, or of the field drawn around it.
IS_SEEN = """() => {
  let element = document.activeElement;
  for (let step = 0; element && step < 3; step++, element = element.parentElement) {
    const style = getComputedStyle(element);
    if (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) return true;
  }
  return false;
}"""
# What lies over the middle of the focused element's first line, if that is something else; "outside" beyond the window.
COVER = """() => {
  const element = document.activeElement;
  const box = element.getClientRects()[0];
  if (!box || element === document.body) return null;
  const [x, y] = [(Math.max(box.left, 0) + Math.min(box.right, innerWidth)) / 2, (box.top + box.bottom) / 2];
  const top = document.elementFromPoint(x, Math.min(Math.max(y, 0), innerHeight - 1));
  if (box.bottom <= 0 || box.top >= innerHeight || !top) return "outside";
  const around = [element, ...(element.labels ?? [])];
  const own = top.contains(element) || around.some((one) => one.contains(top));
  return own ? null : top.outerHTML.slice(0, 200);
}"""
STEP = f"""wanted => {{
  const [is_seen, cover] = [({IS_SEEN})(), ({COVER})()];
  const here = document.activeElement;
  const is_start = here === document.body;
  return {{ is_seen, cover, is_start, is_there: here === wanted, here: here.outerHTML.slice(0, 200) }};
}}"""


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until `wanted` has the focus, round the page once if need be; fail where the focus is not seen."""
    target = wanted.element_handle()
    if page.evaluate("wanted => wanted === document.activeElement", target):
        return
    _skip_to_the_text(page, target)
    rounds = 0
    for _ in range(STEPS):
        page.keyboard.press("Tab")
        step = _step(page, target)
        rounds += step["is_start"]
        assert step["is_start"] or step["is_seen"], f"on {page.url} the focus is not seen on {step['here']}"
        assert not step["cover"], f"on {page.url} {step['cover']} lies over {step['here']}"
        if step["is_there"]:
            return
        assert rounds < 2, f"on {page.url} no press of Tab leads to {wanted}"
    raise AssertionError(f"on {page.url} {STEPS} presses of Tab do not lead to {wanted}")


def _step(page: Page, target: ElementHandle) -> dict[str, Any]:
    step: dict[str, Any] = page.evaluate(STEP, target)
    return step


def _skip_to_the_text(page: Page, target: ElementHandle) -> None:
    """On a page just opened, go over its head by the link that is there for it, if that leads nearer to `target`."""
    if not page.evaluate("wanted => document.activeElement === document.body && !!wanted.closest('main')", target):
        return
    page.keyboard.press("Tab")
    if page.evaluate("document.activeElement.matches('.skip-link')"):
        page.keyboard.press("Enter")
