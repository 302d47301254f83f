"""A reader's hours and the venue's beside them: a day is said wherever it is not the one that was said before."""

from dataclasses import dataclass
from datetime import datetime

import pytest
from flask_babel import force_locale

from forum.core.i18n import zone
from forum.programme.times import Clocks


@dataclass
class Span:
    starts_at: datetime
    ends_at: datetime


@pytest.mark.parametrize(
    ("begin", "end", "first", "beside"),
    [
        ("2026-11-24T14:00", "2026-11-24T15:30", "14:00 – 15:30", "UTC 06:00 – 07:30"),
        ("2026-11-24T23:00", "2026-11-25T00:30", "23:00 – 00:30 (11月25日周三)", "UTC 15:00 – 16:30"),
        ("2026-11-24T07:00", "2026-11-24T08:30", "07:00 – 08:30", "UTC 23:00 (11月23日周一) – 00:30 (11月24日周二)"),
        ("2026-11-24T06:00", "2026-11-24T07:30", "06:00 – 07:30", "UTC 22:00 – 23:30 (11月23日周一)"),
    ],
)
def test_the_day_stands_where_it_is_another_one(app, begin, end, first, beside):
    beijing = zone("Asia/Shanghai")
    span = Span(*(datetime.fromisoformat(each).replace(tzinfo=beijing) for each in (begin, end)))
    clocks = Clocks("Asia/Shanghai", "UTC")
    with app.test_request_context(), force_locale("zh_Hans"):
        assert (clocks.hours(span), clocks.hours_beside(span)) == (first, beside)
