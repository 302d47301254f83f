"""How hard a password is to guess: in both scripts, with the words of the site, and with advice in our words."""

import ast
import inspect

import pytest
from flask import Flask
from zxcvbn import feedback

from forum.accounts import actions, strength
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
    with pytest.raises(actions.BadField) as refused:
        actions.check_password(password, ("zhoumin", "zhoumin@lakeside.example", "Gathering"), "new_password")
    assert refused.value.field == "new_password" and str(refused.value.message)


def test_all_advice_of_zxcvbn_has_words_of_ours() -> None:
    """Its sentences stand in calls of `_(…)`; a new version may say something new."""
    calls = [node for node in ast.walk(ast.parse(inspect.getsource(feedback))) if isinstance(node, ast.Call)]
    said = {ast.literal_eval(call.args[0]) for call in calls if getattr(call.func, "id", "") == "_"}
    assert len(said) > 20 and said - set(strength._ADVICE) == set()
