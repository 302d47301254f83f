"""The field for an answer's sources: rows of title and address, some of them empty, so that no script is needed."""

from __future__ import annotations

from typing import Any

from wtforms import Field
from wtforms.utils import unset_value
from wtforms.validators import ValidationError

from forum.core.errors import Refused
from forum.threads import sources

EMPTY = 3  # rows offered beside those that are filled

Row = tuple[str, str]


class SourceRows(Field):
    """Titles and addresses; keeps what was typed, also what is refused. Sent as `<name>-title` and `<name>-address`."""

    limit = sources.ADDRESS_LIMIT
    title_limit = sources.TITLE_LIMIT

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Take the rows of the form that was sent, else those of the object."""
        self.process_errors: list[str] = []
        self.errors: list[str] = []
        given = [] if data is unset_value or data is None else data
        self.object_data = self.data = given
        titles, addresses = (self._sent(formdata, part) for part in ("title", "address"))
        if titles or addresses:
            wide = max(len(titles), len(addresses))
            titles, addresses = (part + [""] * (wide - len(part)) for part in (titles, addresses))
            self.data = list(zip(titles, addresses, strict=True))

    def _sent(self, formdata: Any, part: str) -> list[str]:
        # one row more than are possible is enough to say so
        return list(formdata.getlist(f"{self.name}-{part}"))[: sources.MOST + 1] if formdata else []

    @property
    def filled(self) -> list[Row]:
        """The rows in which something stands."""
        return [(title, address) for title, address in self.data if title.strip() or address.strip()]

    @property
    def rows(self) -> list[Row]:
        """The rows as the form shows them: the filled ones and EMPTY more, MOST in all."""
        filled = self.filled
        return filled + [("", "")] * max(0, min(EMPTY, sources.MOST - len(filled)))

    def pre_validate(self, form: Any) -> None:
        """Refuse what the answer could not carry, by the number of the source."""
        try:
            sources.clean(self.filled)
        except Refused as refusal:
            raise ValidationError(str(refusal.message)) from refusal
