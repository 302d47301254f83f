"""A credential over time: what its old answers say and whether it answers anew, on each day of a table."""

from datetime import timedelta
from typing import Any

import pytest

from forum.accounts.models import User
from forum.core.database import now
from forum.core.errors import Forbidden
from forum.credentials import actions as applications
from forum.experts import actions, queries
from forum.experts.models import Credential
from forum.subthemes.models import SubTheme
from forum.threads import actions as threads
from forum.threads import drafts
from forum.threads.models import Thread

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)

DAYS = 10  # it is granted for
# day, what happens on it           the old answer says   it answers anew   it can be renewed
TABLE = """
0    -                              -                     yes               yes
10   -                              -                     yes               yes
11   -                              ended since           no                yes
40   -                              ended since           no                yes
41   -                              ended since           no                no
5    renewed                        -                     yes               yes
15   renewed                        -                     yes               yes
40   renewed                        -                     yes               yes
0    revoked                        revoked since         no                no
11   revoked                        revoked since         no                no
5    renewed+revoked                revoked since         no                no
5    another                        -                     yes               yes
11   another                        ended since           yes               yes
"""


def _lines() -> list[tuple[int, str, str, bool, bool]]:
    found = []
    for line in TABLE.strip().splitlines():
        cells = [cell.strip() for cell in line.split("  ") if cell.strip()]
        found.append((int(cells[0]), cells[1], cells[2], cells[3] == "yes", cells[4] == "yes"))
    return found


@pytest.mark.parametrize(("day", "event", "said", "answers", "renewable"), _lines())
def test_old_answers_and_new_ones(
    client: Any, as_: Any, alice: User, bob: User, pinned: Thread, subtheme: SubTheme, clock: Any,
    day: int, event: str, said: str, answers: bool, renewable: bool,
) -> None:  # fmt: skip
    credential = actions.grant(alice, subtheme, "Judge", "Northern Court", now().date() + timedelta(days=DAYS), by=bob)
    old = threads.post_reply(pinned, alice, "It is written down.", credential=credential)
    clock.move(days=day)
    _happen(event, credential, alice, bob, subtheme)
    page = client.get(f"/threads/{pinned.id}/{pinned.slug}").text
    article = page.split(f'id="post-{old.id}"')[1].split("</article>")[0]
    assert "Judge" in article and "Northern Court" in article, "as it was that day, whatever came since"
    assert [words for words in ("ended since", "revoked since") if words in article] == ([said] if said != "-" else [])
    assert actions.is_renewable(credential) is renewable
    usable = queries.usable(alice, subtheme.id)
    assert bool(usable) is answers
    assert ("Answer as" in as_(alice).get(f"/threads/{pinned.id}/{pinned.slug}").text) is answers
    listed = client.get("/experts").text
    assert (("Northern Court" in listed) or ("Southern Court" in listed)) is answers
    if answers:
        fresh = threads.post_reply(pinned, alice, "And this is new.", credential=usable[-1])
        assert fresh.credential_id == usable[-1].id
    if not credential.in_force:
        with pytest.raises(Forbidden):
            threads.post_reply(pinned, alice, "Once more.", credential=credential)


def _happen(event: str, credential: Credential, alice: User, bob: User, subtheme: SubTheme) -> None:
    later = now().date() + timedelta(days=400)
    if event.startswith("renewed"):
        actions.renew(credential, later, by=bob)
    if event.endswith("revoked"):
        actions.revoke(credential, "Left the court.", by=bob)
    if event == "another":
        actions.grant(alice, subtheme, "President", "Southern Court", later, by=bob)


def test_the_badge_cannot_be_set_by_the_client(
    as_: Any, alice: User, mallory: User, bob: User, pinned: Thread, subtheme: SubTheme
) -> None:
    credential = actions.grant(alice, subtheme, "Judge", "Northern Court", None, by=bob)
    extra = {"title": "Judge", "organization": "Northern Court", "credential_id": credential.id, "is_expert": 1}
    url = f"/threads/{pinned.id}/posts"
    sent = as_(mallory).send(url, body="I am a judge too.", **extra)
    assert sent.status_code == 303
    refused = as_(mallory).send(url, body="I am a judge, really.", credential=credential.id, **extra)
    assert refused.status_code in (422, 429), refused.status_code
    page = as_(alice).get(f"/threads/{pinned.id}/{pinned.slug}").text
    assert (
        "I am a judge too." in page and 'class="badge' not in page.split("I am a judge too.")[0].split("<article")[-1]
    )


def test_the_privacy_notice_says_how_long_what_is_sent_is_kept(client: Any) -> None:
    for language, words in (("en", "apply for a credential"), ("zh_Hans", "申请专家资质")):
        client.set_cookie("language", language)
        row = next(line for line in client.get("/privacy").text.split("<tr>") if words in line)
        assert str(applications.EVIDENCE_KEPT.days) in row, "until so many days after the decision"
        assert str(drafts.KEPT.days) in client.get("/privacy").text.partition(row)[2]
