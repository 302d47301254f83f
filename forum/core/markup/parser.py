"""Our Markdown: CommonMark, tables, strikethrough, task lists, footnotes, plain addresses, names; no HTML."""

from collections.abc import Callable, Iterator

from markdown_it import MarkdownIt
from markdown_it.parser_block import ParserBlock
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from forum.core import text
from forum.core.markup.addresses import hidden_host, is_allowed
from forum.core.markup.autolinks import autolink
from forum.core.markup.footnotes import footnotes
from forum.core.markup.mentions import link_names
from forum.core.markup.output import Output
from forum.core.markup.quoting import ATTRIBUTION
from forum.core.markup.rendered import TooDeep
from forum.core.markup.tables import table

# Open blocks within each other: a quote counts one, a list two. The parser's own limits (20 and 100) drop what
# lies deeper without a word; ours refuses it. Python's stack has room for about three times as much.
DEEPEST = 60


def markdown(allowed: Callable[[str], bool] = is_allowed) -> MarkdownIt:
    """Return a parser and renderer for the text of posts. One for each thread: rules keep caches.

    `allowed` says where links may lead; another than our rule is for measuring against CommonMark's examples only.
    """
    md = MarkdownIt("js-default", renderer_cls=Output)
    md.block = _Blocks()
    md.options.update(
        maxNesting=DEEPEST, html=False, linkify=False, typographer=False, xhtmlOut=False,
        tasklists=True, inline_definitions=True, store_labels=True,
    )  # fmt: skip
    md.disable(["html_block", "html_inline", "linkify", "replacements", "smartquotes"])
    md.validateLink = allowed  # type: ignore[method-assign,assignment]
    md.block.ruler.at("table", table, {"alt": ["paragraph", "reference"]})
    footnotes(md)
    md.inline.ruler.before("escape", "autolink_typed", autolink)
    md.core.ruler.after("notes_below", "show_definitions", show_unused_definitions)
    md.core.ruler.before("text_join", "link_names", link_names)
    md.core.ruler.push("finish", finish)
    return md


class _Blocks(ParserBlock):
    """Refuses where markdown-it would silently drop."""

    def tokenize(self, state: StateBlock, startLine: int, endLine: int) -> None:
        if state.level >= DEEPEST:
            raise TooDeep(DEEPEST)
        super().tokenize(state, startLine, endLine)


def show_unused_definitions(state: StateCore) -> None:
    """Core rule: a link definition that no link uses is shown as text, since nothing typed may vanish."""
    used = {child.meta.get("label") for token in state.tokens for child in _deep(token)}
    tokens = []
    for token in state.tokens:
        if token.type != "definition":
            tokens.append(token)
        elif token.meta["id"] in used:
            used.discard(token.meta["id"])  # a second definition of the same label is of no use
        else:
            tokens += _as_paragraph(token)
    state.tokens = tokens


def finish(state: StateCore) -> None:
    """Core rule: images become links, refused links text, hosts that a link's text hides are named."""
    for place, token in enumerate(state.tokens):
        if token.type == "inline":
            children = _without_images(token.children or [])
            token.children = list(_honest_links(children))
            if "&" in token.content:
                _clean_entities(token.children)
        elif token.type == "blockquote_open" and _is_attributed(state.tokens, place):
            token.meta["attributed"] = True
            state.tokens[place + 1].attrSet("class", "attribution")


def _deep(token: Token) -> Iterator[Token]:
    for child in token.children or ():
        yield child
        yield from _deep(child)


def _as_paragraph(definition: Token) -> list[Token]:
    meta = definition.meta
    title = f' "{meta["title"]}"' if meta["title"] else ""
    words = Token("text", "", 0, content=f"[{meta['label']}]: {meta['url']}{title}")
    inline = Token("inline", "", 0, content=words.content, children=[words], level=definition.level + 1)
    opening = Token("paragraph_open", "p", 1, block=True, level=definition.level)
    return [opening, inline, Token("paragraph_close", "p", -1, block=True, level=definition.level)]


def _is_attributed(tokens: list[Token], place: int) -> bool:
    following = tokens[place + 1 : place + 3]
    return len(following) == 2 and bool(ATTRIBUTION.fullmatch(following[1].content))


def _without_images(children: list[Token]) -> list[Token]:
    """Images become links to them; inside a link, where no other link may be, words and address."""
    tokens, inside = [], 0
    for token in children:
        inside += (token.type == "link_open") - (token.type == "link_close")
        if token.type != "image":
            tokens.append(token)
        elif inside:
            tokens.append(Token("text", "", 0, content=_in_words(token), level=token.level))
        else:
            tokens += _link_to_image(token)
    return tokens


def _link_to_image(image: Token) -> list[Token]:
    attributes = {"href": image.attrs["src"], "class": "image", "title": image.attrs.get("title", "")}
    opening = Token("link_open", "a", 1, level=image.level, attrs={k: v for k, v in attributes.items() if v})
    words = Token("text", "", 0, content=_alt(image) or str(image.attrs["src"]), level=image.level)
    return [opening, words, Token("link_close", "a", -1, level=image.level)]


def _in_words(image: Token) -> str:
    title = f' "{image.attrs["title"]}"' if image.attrs.get("title") else ""
    address = f"{image.attrs['src']}{title}"
    return f"{alt} ({address})" if (alt := _alt(image)) else address


def _alt(image: Token) -> str:
    """Return the words of an image's description; a link or an image in it adds its address."""
    words, addresses = [], []
    for child in image.children or ():
        if child.type == "link_open":
            addresses.append(str(child.attrs["href"]))
        words.append(_in_words(child) if child.type == "image" else child.content)
        if child.type == "link_close":
            words.append(f" ({addresses.pop()})")
        elif child.type in ("softbreak", "hardbreak"):
            words.append("\n")
    return "".join(words).strip()


def _honest_links(children: list[Token]) -> Iterator[Token]:
    opening: Token | None = None
    words: list[str] = []
    for token in children:
        if token.type == "link_open":
            opening, words = token, []
            if not token.attrs.get("href"):  # [text]() has nowhere to lead: shown as typed
                token.type, token.content, token.nesting = "text", "[", 0
        elif opening and token.type == "link_close":
            yield from _closing(opening, token, "".join(words))
            opening = None
            continue
        elif token.type in ("text", "code_inline"):
            words.append(token.content)
        yield token


def _closing(opening: Token, closing: Token, words: str) -> Iterator[Token]:
    title = str(opening.attrs.get("title", ""))
    if opening.type == "text":
        yield Token("text", "", 0, content=f'](<> "{title}")' if title else "]()", level=closing.level)
        return
    yield closing
    host = hidden_host(str(opening.attrs["href"]), words)
    if host:
        yield Token("real_host", "span", 0, content=f" ({host})", level=closing.level)


def _clean_entities(children: list[Token]) -> None:
    """An entity can bring back what the normaliser took out: &#x202e; is a bidi override, &#x301; a mark."""
    for token in children:
        if token.type == "text":
            token.content = text.cleaned(token.content)
        if "title" in token.attrs:
            token.attrSet("title", text.cleaned(str(token.attrs["title"])))
