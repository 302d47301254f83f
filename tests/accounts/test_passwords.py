"""Which passwords are taken, and what their hashes bear. No database here."""

import threading

import pytest

from forum.accounts import passwords

_COMMON = """
12345678 123456789 1234567890 87654321 11111111 00000000 password password1 Password123 Passw0rd! P@ssw0rd
pa55word qwertyui qwerty123 qwertyuiop asdfghjkl zxcvbnm1 1qaz2wsx zaq12wsx !QAZ2wsx abcd1234 abc12345
abcdefgh a1234567 123456789a aa123456 iloveyou iloveyou1 ILoveYou2024 woaini1314 5201314520 sunshine1
princess1 football1 baseball letmein1 trustno1 dragon99 welcome1 admin123 administrator superman1 computer
internet whatever 19900101 1990-01-01 20080808! 13800138000 abababab abcabcabc aaaaaaab
我爱你我爱你我爱你 密码密码密码密码
zhangwei123 wangwei88 nihao123 woshishui
"""
COMMON = _COMMON.split()
FINE = (
    "a bridge of seven arches", "mountain-river-7", "correct horse", "天气很好我们去走走", "xK3#vv9Lq", "tr0ub4dor&3x",
    "we went to beijing in june", "my dragon likes cheese on toast", "🌊🌊🌾 wave field",
)  # fmt: skip


@pytest.mark.parametrize("password", COMMON)
def test_what_is_tried_first_is_common(password: str) -> None:
    assert passwords.is_common(password)


@pytest.mark.parametrize("password", FINE)
def test_what_nobody_would_guess_is_fine(password: str) -> None:
    assert passwords.problem(password, ("alice", "alice@example.org", "Gathering")) is None


@pytest.mark.parametrize("password", ["alice_wu", "ALICE_WU", "alice_wu@example.org", "ａｌｉｃｅ＿ｗｕ", " alice_wu "])
def test_what_is_known_of_a_person_is_no_password(password: str) -> None:
    assert passwords.problem(password, ("someone", "alice_wu@example.org")) == "personal"


def test_two_keyboards_type_one_password() -> None:
    stored = passwords.hash_password("caf\u00e9 au lait")
    assert passwords.matches(stored, "cafe\u0301 au lait")
    assert not passwords.matches(stored, "cafe au lait")


def test_the_hash_is_argon2id_with_the_documented_cost() -> None:
    stored = passwords.hash_password("a bridge of seven arches")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert len(stored) <= 200
    assert stored != passwords.hash_password("a bridge of seven arches")


@pytest.mark.parametrize("stored", ["", "!", "plain", "$argon2id$v=19$broken", "x" * 200])
def test_what_is_no_hash_matches_nothing(stored: str) -> None:
    assert not passwords.matches(stored, stored)
    assert not passwords.matches(stored, "a bridge of seven arches")


def test_only_four_hashes_are_made_at_once() -> None:
    """Sixteen at once would be 300 MiB: the fifth waits until one of the first four is done."""
    held = [passwords._at_once.acquire(blocking=False) for _ in range(5)]
    assert held == [True, True, True, True, False]
    waiting = threading.Thread(target=passwords.hash_password, args=("a bridge of seven arches",))
    waiting.start()
    waiting.join(0.2)
    assert waiting.is_alive()
    for _ in range(4):
        passwords._at_once.release()
    waiting.join(10)
    assert not waiting.is_alive()
