"""Footnotes as a numbered list under the text. No ids and no anchors: a post's HTML carries neither."""

from typing import cast

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from forum.core.markup.output import Output


def footnotes(md: MarkdownIt) -> None:
    """Take the plug-in's syntax, and place the notes ourselves: its own way drops those that nobody refers to."""
    rules = cast(Output, md.renderer).rules
    own_mark = rules["footnote_ref"]
    footnote_plugin(md, inline=False, move_to_end=False)
    rules["footnote_ref"] = own_mark
    md.core.ruler.after("inline", "notes_below", notes_below)


def notes_below(state: StateCore) -> None:
    """Core rule: move the notes to the end, in order of their numbers, the unreferenced ones after these."""
    body, notes = _parted(state.tokens)
    if not notes:
        return
    numbers = {note["label"]: number for number, note in state.env["footnotes"]["list"].items()}
    referenced = sorted((note for note in notes if note[0] in numbers), key=lambda note: numbers[note[0]])
    others = [note for note in notes if note[0] not in numbers]
    state.tokens = [*body, Token("footnotes_open", "div", 1, attrs={"class": "footnotes"}, block=True)]
    state.tokens.append(Token("ordered_list_open", "ol", 1, block=True))
    for _, tokens in [*referenced, *others]:
        item = Token("list_item_open", "li", 1, block=True)
        state.tokens += [item, *tokens, Token("list_item_close", "li", -1, block=True)]
    state.tokens.append(Token("ordered_list_close", "ol", -1, block=True))
    state.tokens.append(Token("footnotes_close", "div", -1, block=True))


def _parted(tokens: list[Token]) -> tuple[list[Token], list[tuple[str, list[Token]]]]:
    """Return the tokens of the text, and label and tokens of each note; a note inside a note follows it."""
    body: list[Token] = []
    notes: list[tuple[str, list[Token]]] = []
    into = [body]
    for token in tokens:
        if token.type == "footnote_reference_open":
            notes.append((token.meta["label"], []))
            into.append(notes[-1][1])
        elif token.type == "footnote_reference_close":
            into.pop()
        else:
            into[-1].append(token)
    return body, notes
