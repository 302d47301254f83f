"""Words of our own: a stock of texts in two languages, rendered and analysed once, of which posts are made."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from bench.grow import shape
from bench.speed import content
from forum.core.markup import RenderError, render_many
from forum.core.text import guess_language
from search_index.analysis import document_terms
from search_index.postgres_table import lexeme, vector

STOCK = 3_000  # different texts
COMMON_EN, COMMON_ZH = "network", "网络"  # in a quarter of the texts of its language
COMMON_SHARE = 0.25
RARE_EN, RARE_ZH = "zugzwang", "饕餮"  # each in as many posts of a forum of any size
RARE_POSTS = 5

_PLAIN = [word for word in " ".join(content.EN).split() if word != COMMON_EN]
_HAN = [word for word in content.HAN_WORDS if word != COMMON_ZH]
_SYLLABLES = [first + second for first, second in zip("bcdfghjklmnprstvwxyz", "aeiou" * 4, strict=True)]
_STROKES = "山水云风雨田木林石火土金日月星江河湖海春夏秋冬东西南北花草鸟鱼马牛羊竹梅兰松城桥路门窗灯书画琴棋"


def _long_tail(parts: Sequence[str], words: int, seed: int) -> list[str]:
    chance, found = random.Random(seed), dict[str, None]()
    while len(found) < words:
        found["".join(chance.choice(parts) for _ in range(2 if len(parts[0]) == 1 else chance.randint(3, 4)))] = None
    return list(found)


EN, ZH = _PLAIN + _long_tail(_SYLLABLES, 4_000, 1), _HAN + _long_tail(_STROKES, 1_000, 2)


@dataclass(frozen=True)
class Text:
    """A text with all that the forum stores of it; `length` is in tokens of the search."""

    body: str
    html: str
    plain: str
    lang: str
    version: int
    vector: str
    length: int
    places: tuple[tuple[str, tuple[int, ...]], ...]  # of each term, quoted as in the vector, counted from 1


def _word(chance: random.Random, words: Sequence[str]) -> str:
    return words[shape.rank(chance, len(words)) - 1]


def sentence(chance: random.Random, words: int, *, han: bool) -> str:
    """Return a sentence of so many words."""
    if han:
        return "".join(_word(chance, ZH) for _ in range(words)) + "。"
    return " ".join(_word(chance, EN) for _ in range(words)).capitalize() + "."


def body(chance: random.Random) -> str:
    """Return the source of a text as long as real ones are, with what people use of Markdown."""
    han, chat = chance.random() < shape.ZH_SHARE, chance.random() < shape.CHAT_SHARE
    tables = (shape.CHAT_ZH, shape.SITE_ZH) if han else (shape.CHAT_EN, shape.SITE_EN)
    wanted, written, paragraphs = shape.drawn(chance, tables[0] if chat else tables[1]), 0, list[str]()
    while written < wanted or not paragraphs:
        part = sentence(chance, chance.randint(3, 8 if han else 14), han=han)
        if paragraphs and chance.random() < 0.7:
            paragraphs[-1] += ("" if han else " ") + part
        else:
            paragraphs.append(part)
        written += len(part)
    if chance.random() < COMMON_SHARE:
        paragraphs[0] += f"{COMMON_ZH}就是这样。" if han else f" The {COMMON_EN} says so."
    if not chat and chance.random() < 0.2:
        paragraphs.append("- " + "\n- ".join(sentence(chance, 4, han=han) for _ in range(3)))
    if chance.random() < 0.1:
        paragraphs.append(f"https://example.org/{chance.randrange(10_000)} **{sentence(chance, 2, han=han)}**")
    return "\n\n".join(paragraphs)


def stock(texts: int = STOCK) -> list[Text]:
    """Return the texts, the same ones each time; the two rarities come last."""
    chance = random.Random(6)
    bodies = [body(chance) for _ in range(texts)]
    bodies += [f"{bodies[0]}\n\nThis is {RARE_EN}.", f"{bodies[1]}\n\n这就是{RARE_ZH}。"]
    found = []
    for source, shown in zip(bodies, render_many(iter(bodies), resolve_people=lambda _names: {}), strict=True):
        if isinstance(shown, RenderError):
            raise shown
        terms, length = document_terms("", shown.text)
        lang = guess_language(shown.text)
        places = tuple((lexeme(term), tuple(place + 1 for place in said.body)) for term, said in terms.items())
        found.append(Text(source, shown.html, shown.text, lang, shown.version, vector(terms), length, places))
    return found


def coded(text: Text, first: int, second: int) -> Text:
    """Return the text with a last paragraph of two codes, as the forum would render and analyse it."""
    codes = f"q{first}", f"q{second}x"
    tail = " ".join(codes)
    return Text(
        f"{text.body}\n\n{tail}",
        f"{text.html}<p>{tail}</p>\n",
        f"{text.plain}\n{tail}",
        text.lang,
        text.version,
        f"{text.vector} '{codes[0]}':{text.length + 1} '{codes[1]}':{text.length + 2}",
        text.length + 2,
        (*text.places, *((f"'{code}'", (text.length + place,)) for place, code in enumerate(codes, 1))),
    )


def titled(text: Text, title: str) -> tuple[str, int]:
    """Return the vector and length of the text behind a title, as search_index.analysis.document_terms counts them."""
    terms, length = document_terms(title, "")
    said = {lexeme(term): [f"{place + 1}A" for place in each.title] for term, each in terms.items()}
    for term, places in text.places:
        said.setdefault(term, []).extend(str(place + length + 1) for place in places)
    whole = " ".join(term + (":" + ",".join(places) if places else "") for term, places in said.items())
    return whole, text.length + length


def titles(count: int = 2_000) -> list[str]:
    """Return beginnings of titles in two languages."""
    chance = random.Random(7)
    make: Callable[..., str] = partial(sentence, chance)
    return [make(chance.randint(3, 9), han=chance.random() < shape.ZH_SHARE)[:-1] for _ in range(count)]
