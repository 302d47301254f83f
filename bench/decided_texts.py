"""Texts in two languages as moderators decide about them, made up: advertisements, insults, and honest posts.

Honest ones argue hard, name prices, numbers and links; advertisements and insults carry honest sentences. New wares and
new words come up in the course of time, one decision in a few is a slip, and some words are disguised. The same seed
gives the same texts.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

SLIPS = 0.05  # decisions that should have gone the other way
LATE = 0.6  # of the time: from here on the last third of every list is used as well

# {a}, {b} … are drawn from the lists of their language
_HONEST = {
    "en": (
        "I read the {law} twice and still don’t see how {topic} would work in practice.",
        "The argument about {topic} is weak: it proves nothing, and the numbers are from {year}.",
        "Has anybody tried to ask {office} for the records? They answered me after {n} weeks.",
        "This is nonsense as far as {topic} goes, and I say so with all respect for the author.",
        "We paid {n} euros for it and were told to call back on Monday.",
        "There is a good summary at https://{site}/{topic_slug}-{year}, page {n}.",
        "My question is whether {office} may keep the data for {n} days without telling us.",
        "You are wrong about {topic}, and here is why: the {law} says the opposite.",
        "Stupid rule, honestly. But as long as {office} applies it, we have to live with it.",
        "Thanks, that answers it. I had overlooked the part about {topic}.",
        "For free software the {law} makes an exception, see the second paragraph.",
        "Who profits from {topic}? Follow the money and you arrive at {office}.",
    ),
    "zh": (
        "我把{law}读了两遍,还是看不出{topic}在实践中怎么落实。",
        "关于{topic}的论证很弱,数据还是{year}年的。",
        "有人向{office}申请过公开记录吗?我等了{n}周才有答复。",
        "就{topic}而言这完全是胡说,我对作者本人没有意见。",
        "我们付了{n}元,对方说周一再打电话。",
        "这里有一篇不错的总结 https://{site}/{year}/{n} 可以看看。",
        "我想问{office}能不能不通知我们就保存数据{n}天?",
        "你对{topic}的理解是错的,{law}里写的正好相反。",
        "这条规定真蠢,可是只要{office}还在执行,大家就得遵守。",
        "谢谢,明白了,我漏看了{topic}那一段。",
        "按照{law},免费软件是例外,见第二款。",
        "{topic}到底对谁有利?看看钱流向哪里,最后都指向{office}。",
    ),
}
_SPAM = {
    "en": (
        "Buy {ware} online, {n}% off today only: {shop}",
        "I earned {n}00 dollars a week with {ware}, write to {handle} and I show you how.",
        "Best price for {ware}, no questions asked, worldwide shipping. Order at {shop}",
        "Limited offer!!! {ware} for you and your friends, message {handle} now",
        "My brother got {ware} in two days from {shop}, really trustworthy people.",
        "Need {ware}? WhatsApp +44 7{n}0 {n}{n}11, answer within minutes.",
    ),
    "zh": (
        "正品{ware},今天只要{n}元,点这里 {shop}",
        "跟着老师做{ware},一周赚{n}00,加微信 {handle} 免费教",
        "{ware}低价批发,全国包邮,下单 {shop}",
        "限时优惠!!!{ware}送好友,私信 {handle}",
        "我表弟在 {shop} 买的{ware},两天就到,真的靠谱。",
        "需要{ware}的加我V信 {handle} 或者电话 13{n}{n}{n}77",
    ),
}
_INSULTS = {
    "en": (
        "You are {insult}, and everybody here knows it.",
        "Only {insult} could write this. Go away and don’t come back.",
        "Shut up, {insult}. Nobody asked you.",
        "What do you expect from {insult} like you.",
        "I hope somebody teaches you a lesson, {insult}.",
    ),
    "zh": (
        "你就是个{insult},大家都看得出来。",
        "只有{insult}才写得出这种东西,滚出去别回来。",
        "闭嘴吧{insult},没人问你。",
        "你这种{insult}还能指望什么。",
        "迟早有人收拾你这个{insult}。",
    ),
}
_WORDS = {
    "en": {
        "law": ("data act", "copyright law", "press code", "freedom of information act", "platform rules",
                "election law"),
        "topic": ("moderation", "age checks", "open data", "facial recognition", "link taxes", "public records",
                  "deep fakes", "small servers", "school phones"),
        "office": ("the ministry", "the court", "the platform", "the city", "the regulator", "the broadcaster"),
        "ware": ("viagra", "replica watches", "cheap followers", "a diploma", "crypto signals", "casino bonus codes",
                 "weight loss tea", "vape kits", "gift cards at half price"),
        "insult": ("an idiot", "a pathetic liar", "a worthless clown", "a brainless parasite", "a filthy coward",
                   "a total moron", "a disgusting creep", "a miserable troll", "human garbage"),
    },
    "zh": {
        "law": ("数据安全法", "著作权法", "新闻守则", "信息公开条例", "平台规则", "选举法"),
        "topic": ("内容审核", "年龄验证", "开放数据", "人脸识别", "链接税", "公共档案", "深度伪造", "小型服务器",
                  "校园手机"),
        "office": ("主管部门", "法院", "平台", "市政府", "监管机构", "电视台"),
        "ware": ("减肥茶", "高仿手表", "刷粉服务", "学历证书", "炒币信号", "博彩返利", "壮阳药", "电子烟",
                 "半价购物卡"),
        "insult": ("白痴", "骗子垃圾", "废物", "没脑子的寄生虫", "胆小鬼", "蠢货", "恶心的东西", "可悲的喷子", "人渣"),
    },
}  # fmt: skip
_SITES = ("records.example", "press.example", "law.example")
_SHOPS = ("http://best-{n}.example/buy", "www.deal{n}.example", "t.example/{n}x", "https://shop{n}.example/?ref={n}")
_HANDLES = ("vip{n}88", "lucky_{n}", "@agent{n}", "wx{n}{n}")
_DISGUISES = {"a": "@", "i": "1", "e": "3", "o": "0"}


@dataclass(frozen=True)
class Decided:
    """A text, its language, and the rule by which it was decided against ("" for one that was kept)."""

    text: str
    lang: str
    rule: str

    @property
    def is_against(self) -> bool:
        """Whether it broke a rule."""
        return bool(self.rule)


def decided_texts(number: int, seed: int = 1) -> list[Decided]:
    """Return so many texts in the order in which they were decided about; two in five broke a rule."""
    dice = random.Random(seed)
    return [_one(dice, is_late=place >= number * LATE) for place in range(number)]


def _one(dice: random.Random, *, is_late: bool) -> Decided:
    lang = dice.choice(("en", "zh"))
    rule = dice.choices(("", "spam", "abuse"), (60, 22, 18))[0]
    honest = range(dice.randint(1, 3) if not rule else dice.randint(0, 2))
    said = [_drawn(_HONEST[lang], dice, is_late) for _ in honest]
    if rule:
        against = _drawn((_SPAM if rule == "spam" else _INSULTS)[lang], dice, is_late)
        said.insert(dice.randint(0, len(said)), against)
    text = (" " if lang == "en" else "").join(_filled(each, lang, dice, is_late) for each in said)
    if rule and dice.random() < 0.2:
        text = _disguised(text, lang, dice)
    if dice.random() < SLIPS:
        rule = "" if rule else dice.choice(("spam", "abuse"))
    return Decided(text, lang, rule)


def _drawn(words: Sequence[str], dice: random.Random, is_late: bool) -> str:
    """Return one of the words, of the last third only late."""
    return dice.choice(words if is_late else words[: -(-len(words) * 2 // 3)])


def _filled(pattern: str, lang: str, dice: random.Random, is_late: bool) -> str:
    words = {name: _drawn(choices, dice, is_late) for name, choices in _WORDS[lang].items()}
    words |= {"site": dice.choice(_SITES), "shop": dice.choice(_SHOPS), "handle": dice.choice(_HANDLES)}
    words |= {"topic_slug": words["topic"].replace(" ", "-"), "year": str(dice.randint(2015, 2026))}
    for _ in range(2):  # a shop and a handle have numbers in them
        pattern = pattern.format(**words, n=dice.randint(10, 98))
    return pattern


def _disguised(text: str, lang: str, dice: random.Random) -> str:
    """Return the text as somebody writes it who knows that words are watched."""
    if lang == "zh":
        return "".join(char + (" " if dice.random() < 0.2 else "") for char in text)
    return "".join(_DISGUISES.get(char, char) if dice.random() < 0.3 else char for char in text)
