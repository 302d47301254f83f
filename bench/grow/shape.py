"""How real discussions are shaped: numbers measured in ../shared/data (names and licences in its SOURCE.md files).

Only lengths and counts were taken from there, no word. Measured on 2026-11-23 with quantiles at QUANTILES.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

QUANTILES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999)

# Characters of a post: Ubuntu's support channel, history.meta.stackexchange.com, KdConv, answers of doctors.
CHAT_EN = (5, 11, 19, 27, 35, 43, 53, 66, 84, 117, 154, 250, 397)
SITE_EN = (13, 68, 115, 157, 209, 269, 342, 445, 580, 996, 1605, 3383, 3400)
CHAT_ZH = (4, 9, 12, 14, 17, 20, 23, 27, 31, 38, 45, 65, 100)
SITE_ZH = (38, 122, 125, 128, 131, 135, 140, 146, 151, 171, 191, 215, 702)
ZH_SHARE, CHAT_SHARE = 0.4, 0.8  # the forum is bilingual, and most posts are short

# Posts of a thread: the channel's and the site's threads together; beyond their end the tail of a Pareto distribution.
THREAD_POSTS = (1, 3, 4, 5, 6, 7, 9, 11, 15, 24, 32, 57, 104)
TAIL_SHARE, TAIL_FROM, TAIL_ALPHA = 0.004, 100, 1.2

# Zipf: the log of somebody's number of posts falls by 1.03 (channel) to 1.33 (site) with the log of their rank.
# With an exponent of 1 a rank is drawn by one power, and nobody is missed much: people are a tenth of the posts.
POSTS_A_PERSON = 10
TO_OPENING, TO_RECENT = 0.25, 0.45  # a reply answers the opening (0.14 to 0.52 there), or one of the latest posts

LONG_THREAD = 100_000  # posts of the longest thread; where there are not so many posts, half of all
OPEN_AT_ONCE = 400  # threads in which people write at the same time, so that a thread's posts do not lie together
DELETED_SHARE = 0.01
CODED_SHARE = 0.2  # posts that name something that few others name: these words are the long tail of the search
YEARS = 8


def began_of(ends: datetime) -> datetime:
    """Return when a forum began that ends then."""
    return (ends - timedelta(days=365 * YEARS)).replace(microsecond=0)


def drawn(chance: random.Random, table: Sequence[int]) -> int:
    """Return a number with the quantiles of the table, straight lines between them."""
    place = chance.random() * QUANTILES[-1]
    for below, above, low, high in zip(QUANTILES, QUANTILES[1:], table, table[1:], strict=False):
        if place < above:
            return round(low + (high - low) * (place - below) / (above - below))
    return table[-1]


def thread_posts(chance: random.Random, most: int) -> int:
    """Return how many posts a thread gets, at most `most`."""
    if chance.random() < TAIL_SHARE:
        return min(most, int(TAIL_FROM * chance.paretovariate(TAIL_ALPHA)))
    return min(most, drawn(chance, THREAD_POSTS))


def rank(chance: random.Random, people: int) -> int:
    """Return the rank of whoever writes, 1 to `people`, by Zipf's law with the exponent 1."""
    return min(people, int((people + 1) ** chance.random()))
