"""Numbers larger than a column holds are answered plainly on both engines."""

import base64

import pytest

from forum.core.database import db
from forum.threads import actions


@pytest.mark.parametrize("number", ["2147483648", "9999999999", "999999999999999999"])
def test_a_quotation_of_an_impossible_post_is_taken_and_told(thread, ann, work, number):
    post = actions.post_reply(thread, ann, f"> **@alice** · #{number}\n>\n> Words.\n\nMine.")
    work()
    db.session.refresh(post)
    assert post.notified_at is not None


@pytest.mark.parametrize("number", ["2147483648", "9999999999"])
def test_impossible_numbers_in_addresses(client, thread, number):
    assert client.get(f"/people/alice?before={number}").status_code in (200, 404)
    assert client.get(f"/threads/{thread.id}/{thread.slug}?experts=1&after={number}").status_code in (200, 404)


@pytest.mark.parametrize("number", ["-99999999999999999999999", "99999999999999999999999", "2147483648"])
def test_impossible_numbers_in_cursors(client, thread, number):
    cursor = base64.urlsafe_b64encode(f"0.{number}".encode()).decode().rstrip("=")
    for address in ("/", "/subthemes/data-and-algorithms"):
        assert client.get(f"{address}?before={cursor}").status_code == 200
