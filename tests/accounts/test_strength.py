"""How hard a password is to guess: in both scripts, with the words of the site, and with advice in our words."""

import ast
import inspect
from typing import Any

import pytest
from flask import Flask
from zxcvbn import feedback, matching

from forum.accounts import fields, strength
from forum.accounts.refusals import BadField
from tests.accounts.test_passwords import FINE


@pytest.mark.parametrize("password", [*FINE, "万里长城永不倒下", "x" * 5 + "quiet rivers run" * 15])
def test_what_nobody_would_guess_is_strong(password: str) -> None:
    assert strength.weakness(password, ("alice", "alice@example.org", "Gathering")) is None


@pytest.mark.parametrize(
    "password",
    ["Gathering2026", "汇聚汇聚汇聚汇聚", "床前明月光疑是地上霜", "一帆风顺万事如意", "zhoumin1", "lakeside2026",
     "zxcvfdsa", "monkeymonkey1", "thegathering", "论坛论坛论坛论坛"],
)  # fmt: skip
def test_what_is_guessed_soon_is_weak(app: Flask, password: str) -> None:
    with pytest.raises(BadField) as refused:
        fields.check_password(password, ("zhoumin", "zhoumin@lakeside.example", "Gathering"), "new_password")
    assert refused.value.field == "new_password" and str(refused.value.message)


def test_signs_for_letters_are_read_in_few_ways(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them together can be read in 736 ways; each costs as much as a password, and anybody may send a form."""
    read: list[str] = []
    looked_up = matching.dictionary_match

    def noted(word: str, *more: Any, **named: Any) -> Any:
        read.append(word)
        return looked_up(word, *more, **named)

    monkeypatch.setattr(matching, "dictionary_match", noted)
    assert strength.weakness("4@8({[<3691!|70$5+%2" * 3 + "abcdefgh") is None
    assert 1 < len(read) < 3 * strength.READINGS
    read.clear()
    assert strength.weakness("p4$$w0rd!1") is not None
    assert any("password" in word for word in read), "what people write is still read as they mean it"


def test_all_advice_of_zxcvbn_has_words_of_ours() -> None:
    """Its sentences stand in calls of `_(…)`; a new version may say something new."""
    calls = [node for node in ast.walk(ast.parse(inspect.getsource(feedback))) if isinstance(node, ast.Call)]
    said = {ast.literal_eval(call.args[0]) for call in calls if getattr(call.func, "id", "") == "_"}
    assert len(said) > 20 and said - set(strength._ADVICE) == set()
