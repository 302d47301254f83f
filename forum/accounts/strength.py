"""How hard a password is to guess, by zxcvbn, and its advice in our words. Nothing is kept or logged."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from forum.accounts.passwords import COMMON_WORDS
from forum.core import i18n

ESTIMATED = 72  # code points: zxcvbn refuses longer ones, for its time grows with the square
# zxcvbn's scores go from 0 to 4. Two is "more than a million guesses": enough, since the forum slows guessing down and
# keeps argon2id hashes. Three would refuse eight Han characters that nobody has ever put in a row, for zxcvbn
# knows no Chinese and gives each of them no more than a digit's worth.
LEAST_SCORE = 2

# Lines that everybody who writes Chinese knows by heart, since zxcvbn does not; and the words this site is full of.
_PHRASES = """
一帆风顺 万事如意 恭喜发财 新年快乐 生日快乐 心想事成 身体健康 步步高升 马到成功 龙马精神 年年有余 岁岁平安 天天向上
好好学习 我爱中国 中国加油 祖国万岁 世界和平 天下太平 国泰民安 风调雨顺 五福临门 吉祥如意 大吉大利 平平安安 快快乐乐
永远爱你 我喜欢你 床前明月光 疑是地上霜 举头望明月 低头思故乡 春眠不觉晓 处处闻啼鸟 白日依山尽 黄河入海流 欲穷千里目
更上一层楼 锄禾日当午 人之初 性本善 天地玄黄 宇宙洪荒 一二三四五六七八九十 上善若水 厚德载物 自强不息 海阔天空 芝麻开门
不忘初心 为人民服务 请输入密码 忘记密码 这是密码 我不知道 没有密码 管理员 用户名 手机号码
woaizhongguo woaibeijing woaimama woaibaba zhongguojiayou gongxifacai xinniankuaile shengrikuaile wanshiruyi
"""
_SITE_WORDS = ("forum", "gathering", "汇聚", "论坛", "discussion", "discussions", "thread", "expert", "moderator")
_KNOWN = tuple(dict.fromkeys([*_SITE_WORDS, *COMMON_WORDS, *_PHRASES.split()]))

# zxcvbn's own sentences → ours. One that is missing here (a new version) is left out, never shown untranslated.
_ADVICE: dict[str, Any] = {
    "Use a few words, avoid common phrases.": _l("Use a few words that don't belong together."),
    "No need for symbols, digits, or uppercase letters.": _l("Signs, digits and capitals are not needed."),
    "Add another word or two. Uncommon words are better.": _l("Add another word or two, rare ones if you can."),
    "Straight rows of keys are easy to guess.": _l("Keys that stand in a row are guessed quickly."),
    "Short keyboard patterns are easy to guess.": _l("Short patterns on the keyboard are guessed quickly."),
    "Use a longer keyboard pattern with more turns.": _l("A pattern on the keyboard has to be long and full of turns."),
    'Repeats like "aaa" are easy to guess.': _l("One character many times is guessed quickly."),
    'Repeats like "abcabcabc" are only slightly harder to guess than "abc".': _l(
        "Repeating a piece adds next to nothing to it."
    ),
    "Avoid repeated words and characters.": _l("Don't repeat words or characters."),
    'Sequences like "abc" or "6543" are easy to guess.': _l("Rows such as “abc” or “6543” are guessed quickly."),
    "Avoid sequences.": _l("Leave rows of letters and digits out."),
    "Recent years are easy to guess.": _l("Years of our time are guessed quickly."),
    "Avoid recent years.": _l("Leave years of our time out."),
    "Avoid years that are associated with you.": _l("Leave out years that have to do with you."),
    "Dates are often easy to guess.": _l("Dates are guessed quickly."),
    "Avoid dates and years that are associated with you.": _l("Leave out dates and years that have to do with you."),
    "This is a top-10 common password.": _l("This is one of the ten most used passwords of all."),
    "This is a top-100 common password.": _l("This is one of the hundred most used passwords."),
    "This is a very common password.": _l("Very many people use this password."),
    "This is similar to a commonly used password.": _l("This is close to a password that many people use."),
    "A word by itself is easy to guess.": _l("A single word is guessed quickly."),
    "Names and surnames by themselves are easy to guess.": _l("A name alone is guessed quickly."),
    "Common names and surnames are easy to guess.": _l("Common names are guessed quickly."),
    "Capitalization doesn't help very much.": _l("A capital at the beginning helps little."),
    "All-uppercase is almost as easy to guess as all-lowercase.": _l("All capitals are hardly better than none."),
    "Reversed words aren't much harder to guess.": _l("Words written backwards are tried as well."),
    "Predictable substitutions like '@' instead of 'a' don't help very much.": _l(
        "Signs in the place of letters, such as @ for a, are tried as well."
    ),
}
# A password of all the signs that may stand for letters has 736 readings, and zxcvbn looks each of them up: 24 seconds
# for one form that anybody may send. What people write has few: "p4$$w0rd!1" has 3.
READINGS = 16
# zxcvbn keeps the words that it is given in a table of the whole module: two at once would judge by each other's.
_one_at_a_time = threading.Lock()


def weakness(password: str, personal: Iterable[str] = ()) -> Any | None:
    """Return in lazy words why the password is too easy to guess and what would help; None when it is hard enough.

    `personal` are what a guesser knows: user name, e-mail address, the site's name. Only the first 72 characters
    are judged.
    """
    zxcvbn = _estimator()
    words = [*_known_of(personal), *_KNOWN]
    with _one_at_a_time:
        judged = zxcvbn(password[:ESTIMATED], user_inputs=words, max_length=ESTIMATED)
    if judged["score"] >= LEAST_SCORE:
        return None
    feedback = judged["feedback"]
    advice = [_ADVICE[said] for said in (feedback["warning"], *feedback["suggestions"]) if said in _ADVICE]
    return _joined([_l("This password would be guessed too quickly."), *advice])


@cache
def _estimator() -> Callable[..., Any]:
    """Return zxcvbn, bound to READINGS of the signs in a password; it offers no other way to say so."""
    from zxcvbn import matching, zxcvbn  # noqa: PLC0415 - its word lists take a while, and few processes need them

    every = matching.enumerate_l33t_subs
    matching.enumerate_l33t_subs = lambda table: every(table)[:READINGS]
    return zxcvbn


def _known_of(personal: Iterable[str]) -> list[str]:
    """Return the words and their parts: of an address its name and its host, of a name its pieces."""
    whole = [words for words in personal if words]
    parts = [part for words in whole for part in re.split(r"[\W_]+", words) if len(part) > 1]
    return list(dict.fromkeys([*whole, *parts]))


def _joined(sentences: list[Any]) -> Any:
    return LazyString(lambda: i18n.gap().join(str(sentence) for sentence in sentences))
