"""What moderation adds to the sample content: flags, the cases that they open, and one that is decided."""

from __future__ import annotations

from flask import Flask

from forum.core.plugs import fill
from forum.samples import seeding
from moderation import flags, queries
from moderation.decisions import decide


def connect(_app: Flask) -> None:
    """Fill the plug of the samples."""
    fill(seeding.extra_steps, flag_and_decide)


def flag_and_decide(samples: seeding.Samples) -> None:
    """Flag and decide by the real acts; they happen now, as the queue and the public log count time themselves."""
    for extra in samples.extras["flags"]:
        flags.flag_post(samples.post(extra["post"]), samples.person(extra["by"]), extra["rule"], extra["note"])
    for extra in samples.extras["decisions"]:
        case = queries.open_case_of(samples.post(extra["post"]).id)
        assert case, "its flags have opened it"
        decide(case.id, samples.person(extra["by"]), extra["outcome"], extra["reason"], extra["rule"])
