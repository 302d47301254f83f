"""Tables of GitHub's kind; what a row holds beyond its columns stays in the last one instead of being dropped."""

from markdown_it.rules_block import StateBlock
from markdown_it.rules_block import table as parse_table
from markdown_it.rules_block.table import escapedSplit, getLine


def table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Block rule: markdown-it's own, then nothing lost."""
    before = len(state.tokens)
    found = parse_table(state, start, end, silent)
    if found and not silent:
        _keep_surplus(state, before)
    return found


def _keep_surplus(state: StateBlock, first: int) -> None:
    columns = sum(token.type == "th_open" for token in state.tokens[first:])
    cell = row = None
    for token in state.tokens[first:]:
        if token.type == "tr_open" and token.map:
            row = token.map[0]
        elif token.type == "inline":
            cell = token
        elif token.type == "tr_close" and cell and row is not None:
            surplus = _cells(getLine(state, row))[columns:]
            cell.content = " | ".join([cell.content, *surplus]) if surplus else cell.content


def _cells(line: str) -> list[str]:
    cells = [cell.strip() for cell in escapedSplit(line.strip())]
    return cells[line.strip().startswith("|") : len(cells) - (cells[-1] == "")]
