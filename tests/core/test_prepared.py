"""Statements that are written out once, within a session's transaction."""

import pytest
from sqlalchemy import bindparam, event, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from forum.accounts.models import User
from forum.core.database import db, transaction
from forum.core.prepared import Prepared

_NAMES = Prepared(lambda: select(User.username, User.created_at).where(User.id == bindparam("row")))
_RENAMED = Prepared(
    lambda: update(User.__table__).where(User.__table__.c.id == bindparam("row")).values(username=bindparam("name"))
)


def test_rows_come_in_the_types_of_their_columns(alice):
    assert _NAMES.within({"row": alice.id}) == [(alice.username, alice.created_at)]
    assert _NAMES.within({"row": 0}) == []


def test_what_it_writes_is_part_of_the_transaction(alice):
    with pytest.raises(LookupError), transaction():
        assert _RENAMED.within({"row": alice.id, "name": "another"}) == []
        assert _NAMES.within({"row": alice.id})[0][0] == "another"
        raise LookupError
    assert _NAMES.within({"row": alice.id})[0][0] == "alice"


def test_a_fault_is_one_of_sqlalchemys(alice, bob):
    with pytest.raises(IntegrityError) as raised, transaction():
        _RENAMED.within({"row": bob.id, "name": alice.username})
    assert isinstance(raised.value, DBAPIError) and "alice" not in str(raised.value.params)
    assert _NAMES.within({"row": bob.id})[0][0] == "bob", "and the session goes on"


def test_who_listens_to_faults_hears_of_one(alice, bob):
    heard = []
    hear = heard.append
    event.listen(db.engine, "handle_error", hear)
    try:
        with pytest.raises(IntegrityError), transaction():
            _RENAMED.within({"row": bob.id, "name": alice.username})
    finally:
        event.remove(db.engine, "handle_error", hear)
    (fault,) = heard
    assert fault.statement.startswith("UPDATE users") and fault.connection.engine is db.engine
    assert isinstance(fault.sqlalchemy_exception, IntegrityError) and not fault.is_disconnect
    assert fault.original_exception is fault.sqlalchemy_exception.orig


@pytest.mark.parametrize("app", ["postgres"], indirect=True)
def test_a_connection_that_is_gone_is_given_up(alice):
    connection = db.session.connection()
    connection.connection.dbapi_connection.close()
    with pytest.raises(DBAPIError) as raised:
        _NAMES.within({"row": alice.id})
    assert raised.value.connection_invalidated and connection.invalidated
    db.session.rollback()
