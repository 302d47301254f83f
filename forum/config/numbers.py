"""The numbers of trust, hiding, the screens and people's records, which the environment may change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from forum.config.reading import UnsafeSetting, whole_number


@dataclass(frozen=True)
class Requirement:
    """One number; `TRUST_…`, `HIDING_…`, `SCREEN_…` and `STRIKE_…` in the environment change it."""

    default: int
    meaning: str

    # Source: Discourse's trust levels (config/site_settings.yml; design/field-notes.md). We count no likes: in their
    # place stands from how many different people somebody's posts got a reply or a quotation.


TRUST: dict[str, Requirement] = {
    "1_THREADS_READ": Requirement(5, "level 1: threads opened"),
    "1_POSTS_READ": Requirement(30, "level 1: posts read"),
    "1_MINUTES_READ": Requirement(10, "level 1: minutes of reading"),
    "2_THREADS_READ": Requirement(20, "level 2: threads opened"),
    "2_POSTS_READ": Requirement(100, "level 2: posts read"),
    "2_MINUTES_READ": Requirement(60, "level 2: minutes of reading"),
    "2_DAYS_VISITED": Requirement(15, "level 2: days with some reading"),
    "2_THREADS_REPLIED": Requirement(3, "level 2: threads of others with a reply of theirs"),
    "2_PEOPLE_ANSWERED": Requirement(2, "level 2: different people who replied to them or quoted them"),
    "3_WINDOW_DAYS": Requirement(100, "level 3: the latest days that count"),
    "3_DAYS_VISITED": Requirement(50, "level 3: days with some reading"),
    "3_THREADS_REPLIED": Requirement(10, "level 3: threads of others with a reply of theirs"),
    "3_PEOPLE_ANSWERED": Requirement(5, "level 3: different people who replied to them or quoted them"),
    "3_THREADS_PERCENT": Requirement(25, "level 3: share of the window's new threads, opened"),
    "3_THREADS_MOST": Requirement(500, "level 3: never more threads than this"),
    "3_POSTS_PERCENT": Requirement(25, "level 3: share of the posts in these threads, read"),
    "3_POSTS_MOST": Requirement(20_000, "level 3: never more posts than this"),
    "3_STRIKES_MOST": Requirement(1, "level 3: decisions against their posts that are still borne"),
    "3_KEPT_DAYS": Requirement(14, "level 3: days for which it is kept in any case, decisions aside"),
}
HIDING: dict[str, Requirement] = {
    "PEOPLE": Requirement(2, "independent people with a good record who must have flagged the text; 0: never hidden"),
    "WEIGHT": Requirement(3, "what their flags must weigh together; one who was always right weighs 2"),
    "RECORD": Requirement(5, "decided flags that a record consists of at least"),
    "UPHELD_PERCENT": Requirement(70, "share of them that moderators must have upheld"),
    "AGE_DAYS": Requirement(7, "days since they signed up"),
    "REPLIES_MOST": Requirement(3, "an opening takes its thread along: with more replies than this it is not hidden"),
}
# Sources: Discourse gives no bonus before 5 decided flags, takes 70 % for its axis and hides at three flags of members
# (reviewable_score.rb, reviewable.rb; design/field-notes.md); issue 4 asks for two people at least.
HIDING_PEOPLE_LEAST = 2
SCREENS: dict[str, Requirement] = {
    "BELOW_LEVEL": Requirement(
        2, "trust level from which repeats, bursts, hidden text and crowds are not held any more"
    ),
    "NEW_DAYS": Requirement(7, "days for which an account below that level is new: its bursts and copies are held"),
    "REPEAT_MINUTES": Requirement(60, "minutes within which a person's own text sent again is held"),
    "COPIES_HOURS": Requirement(48, "hours within which a new account's text like that of another new one is held"),
    "ALIKE_PERCENT": Requirement(80, "share of two texts that has to be the same for them to be alike"),
    "ALIKE_LETTERS": Requirement(20, "texts with fewer letters are never compared"),
    "BURST_MINUTES": Requirement(10, "minutes of a burst"),
    "BURST_POSTS": Requirement(8, "posts of a new account in a burst; the next ones are held"),
    "BURST_TALKS": Requirement(5, "conversations that somebody below that level starts in a burst; more are refused"),
    "QUICK_SECONDS": Requirement(3, "seconds for which the form of a new account has to be open"),
    "MENTIONS": Requirement(5, "people called by name in one post; posts with more are held"),
    "KEPT_DAYS": Requirement(7, "days for which the fingerprints of texts are kept"),
}
# One span for all decisions: nothing that we have read of other forums tells a warning's from a suspension's (none of
# those in design/field-notes.md lets one lapse at all). Half a year is a little less than twice the 100 days of trust
# level 3; the steps are issue 4's "proportionate next step", in lengths that the form of a decision offers.
STRIKES: dict[str, Requirement] = {
    "DAYS": Requirement(180, "days for which a decision counts against somebody; then it lapses"),
    "SILENCE_FIRST_DAYS": Requirement(1, "days of silence that are suggested when one decision counts"),
    "SILENCE_AGAIN_DAYS": Requirement(7, "days of silence that are suggested when two count"),
    "SUSPEND_FIRST_DAYS": Requirement(7, "days of suspension that are suggested when three count"),
    "SUSPEND_AGAIN_DAYS": Requirement(30, "days of suspension that are suggested when four or more count"),
}


def hiding(environ: Mapping[str, str]) -> dict[str, int]:
    """Return the numbers of HIDING, or raise UnsafeSetting where one person alone could hide what another wrote."""
    numbers = {name: whole_number(environ, f"HIDING_{name}", row.default) for name, row in HIDING.items()}
    if 0 < numbers["PEOPLE"] < HIDING_PEOPLE_LEAST:
        raise UnsafeSetting("HIDING_PEOPLE must be 0 (nothing is hidden by the program) or at least 2, not 1.")
    return numbers


def strikes(environ: Mapping[str, str]) -> dict[str, int]:
    """Return the numbers of STRIKES, or raise UnsafeSetting for one that no decision could follow."""
    numbers = {name: whole_number(environ, f"STRIKE_{name}", row.default) for name, row in STRIKES.items()}
    for name, number in numbers.items():
        if not 1 <= number <= (10_000 if name == "DAYS" else 366):
            raise UnsafeSetting(f"STRIKE_{name} must be a number of days from 1, at most a year for a step.")
    return numbers
