"""Somebody who goes a journey in one of its ways: each act in the words of the page, by the means of the way."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from forum.samples import PASSWORD
from tests.journeys.acts import assert_fits
from tests.journeys.keyboard import tab_to
from tests.journeys.ways import Way

# Words of the page itself, in Latin letters, that do not belong on a Chinese page. What people wrote, names, addresses
# and code stand in elements that say so.
FOREIGN = r"""() => {
  const apart = "[lang=en], [translate=no], [dir=auto], bdi, code, kbd, time, script, style, svg, option, textarea";
  const ours = /(?<![@\w./-])[A-Za-z][A-Za-z']{2,}(?![\w/@.-]*[\w/@-])/g;
  const known = new Set(["Markdown", "PNG", "JPEG", "WebP", "GIF", "JSON", "zip", "https", "JavaScript", "English",
    "PIN", "UTC", "Chromium", "Chrome", "Linux", "Android", "Safari"]);
  const foreign = (words) => (words.match(ours) ?? []).filter((word) => !known.has(word));
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!element.closest(apart)) found.push(...foreign(texts.currentNode.data));
  }
  for (const name of ["aria-label", "title", "alt", "placeholder", "data-label"]) {
    for (const element of document.querySelectorAll(`[${name}]`)) {
      if (!element.closest("[lang=en], [translate=no], bdi, time")) found.push(...foreign(element.getAttribute(name)));
    }
  }
  return found;
}"""


class Traveller:
    """A person in front of a `page`; `names` are Latin words that stand on it as names of people."""

    def __init__(self, page: Page, way: Way, axe: Callable[[Page], list[str]], names: tuple[str, ...] = ()) -> None:
        self.page, self.way = page, way
        self._axe, self._names = axe, set(names)

    def opens(self, address: str) -> None:
        """Open an address."""
        self.page.goto(address)

    def reads(self, source: str, **values: object) -> None:
        """See a sentence, given in English, in the language of the way."""
        words = self.way.words(source, **values)
        expect(self.page.get_by_text(words).filter(visible=True).first).to_be_visible()

    def presses(self, source: str, *, inside: Locator | None = None, leads_on: bool = True, **values: object) -> None:
        """Press a link or a button by its words. `leads_on`: and wait for the page to which it leads."""
        name = self.way.words(source, **values)
        place = inside or self.page.locator("main")
        control = place.get_by_role("button", name=name, exact=True).or_(
            place.get_by_role("link", name=name, exact=True)
        )
        self.uses(control, leads_on=leads_on)

    def goes_to(self, source: str) -> None:
        """Go to another page of the settings by their menu, which is folded up on the phone."""
        folded = self.page.locator(".settings-nav summary")
        if folded.is_visible():
            folded.click()
        self.presses(source, inside=self.page.locator(".settings-nav"))

    def uses(self, control: Locator, *, leads_on: bool = True) -> None:
        """Press this link or button."""
        expect(control).to_be_visible()
        if self.way.by_keyboard:
            tab_to(self.page, control)
        if not leads_on:
            self._acts(control)
            return
        with self.page.expect_navigation():
            self._acts(control)

    def _acts(self, control: Locator) -> None:
        if self.way.by_keyboard:
            self.page.keyboard.press("Enter")
        else:
            control.click()

    def field(self, source: str, **values: object) -> Locator:
        """Return the field with this label that one writes or chooses in; boxes to tick are no such thing."""
        words = re.escape(self.way.words(source, **values))
        labelled = self.page.locator("main").get_by_label(re.compile(f"^{words}"))
        return labelled.and_(self.page.locator(":not([type=checkbox], [type=radio])"))

    def types(self, source: str, text: str, **values: object) -> None:
        """Write into a field in the place of what is there."""
        box = self.field(source, **values)
        if self.way.by_keyboard:
            tab_to(self.page, box)
            self.page.keyboard.press("ControlOrMeta+a")
            self.page.keyboard.type(text)
        else:
            box.fill(text)
        expect(box).to_have_value(text)

    def selects(self, source: str, choice: str, *, is_name: bool = False) -> None:
        """Choose from a list; by the keys with its first letters. A name stands there as it is given."""
        box, words = self.field(source), choice if is_name else self.way.words(choice)
        if self.way.by_keyboard:
            tab_to(self.page, box)
            self.page.keyboard.type(words[:3])
        else:
            box.select_option(words)
        expect(box.locator("option:checked")).to_have_text(words)

    def ticks(self, choice: Locator) -> None:
        """Choose a radio button or tick a box; by the keys as a person does, with the arrows within a group."""
        if not self.way.by_keyboard:
            choice.check()
        elif choice.get_attribute("type") == "checkbox":
            tab_to(self.page, choice)
            self.page.keyboard.press("Space")
        else:
            self._goes_to_radio(choice)
        expect(choice).to_be_checked()

    def _goes_to_radio(self, choice: Locator) -> None:
        group = self.page.locator(f"input[type=radio][name='{choice.get_attribute('name')}']")
        chosen = group.and_(self.page.locator(":checked"))
        tab_to(self.page, chosen if chosen.count() else group.first)
        self.page.keyboard.press("Space")
        for _ in range(group.count()):
            if choice.is_checked():
                return
            self.page.keyboard.press("ArrowDown")

    def uploads(self, source: str, file: Path) -> None:
        """Choose a file."""
        with self.page.expect_file_chooser() as chooser:
            box = self.field(source)
            if self.way.by_keyboard:
                tab_to(self.page, box)
                self.page.keyboard.press("Enter")
            else:
                box.click()
        chooser.value.set_files(file)

    def is_refused(self, label: str) -> None:
        """Read what was refused, with the focus on it, and be led to the field with this label, in which to go on."""
        refusal = self.page.get_by_role("alert")
        expect(refusal).to_be_focused()
        expect(refusal).to_be_in_viewport()
        if self.way.by_keyboard:
            self.uses(refusal.get_by_role("link", name=self.way.words(label)), leads_on=False)
            expect(self.field(label)).to_be_focused()

    def looks(self) -> None:
        """Fail where the page is wider than the screen, speaks another language, or axe finds something."""
        assert_fits(self.page, self.page.viewport_size["width"] if self.page.viewport_size else 0)
        if self.way.language == "zh_Hans":
            foreign = [word for word in self.page.evaluate(FOREIGN) if word not in self._names]
            assert not foreign, f"{self.page.url} says {foreign}"
        else:
            faults = self._axe(self.page)
            assert not faults, f"{self.page.url}: " + "\n".join(faults)

    def signs_in(self, name: str, password: str = PASSWORD) -> None:
        """Give name and password on the page for it."""
        self.opens("/login")
        self.types("User name or e-mail address", name)
        self.types("Password", password)
        self.presses("Sign in")

    def signs_out(self) -> None:
        """By the sheet in the page's head."""
        header = self.page.locator("header")
        self.uses(header.locator("[data-sheet] > summary"), leads_on=False)
        self.presses("Sign out", inside=header)
