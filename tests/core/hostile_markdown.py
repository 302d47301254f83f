"""Texts that make Markdown renderers slow: the patterns known from cmark's tests and our own, of any length."""

from collections.abc import Callable


def repeated(unit: str) -> Callable[[int], str]:
    """Return a maker of texts that repeat the unit."""
    return lambda length: (unit * (length // len(unit) + 1))[:length]


def pyramid(length: int) -> str:
    """Quotes that grow deeper line by line."""
    return "".join("> " * (1 + line % 55) + "a\n" for line in range(length // 50))


def lazy_lines(mark: str) -> Callable[[int], str]:
    """Deep nesting once, then many lines that lean on it."""
    return lambda length: mark * 20 + "a\n" + "b\n" * ((length - 60) // 2)


def nested(opening: str, closing: str) -> Callable[[int], str]:
    """All openings, then all closings."""

    def make(length: int) -> str:
        count = length // (len(opening) + len(closing))
        return opening * count + closing * count

    return make


def wide_table(length: int) -> str:
    """Many columns, and rows that leave them empty."""
    columns = length // 12
    return "|a" * columns + "|\n" + "|-" * columns + "|\n" + "|\n" * (length // 6)


def ticks(length: int) -> str:
    """Runs of back ticks, each of another length."""
    runs, total = [], 0
    while total < length:
        runs.append("e" + "`" * (len(runs) + 1))
        total += len(runs[-1])
    return "".join(runs)[:length]


def definitions(length: int) -> str:
    """Many definitions, each used."""
    count = length // 24
    return "".join(f"[a{i}]: /b\n" for i in range(count)) + "\n" + " ".join(f"[a{i}]" for i in range(count))


def notes(length: int) -> str:
    """Many footnotes, each used."""
    count = length // 26
    return "".join(f"[^{i}]: a\n" for i in range(count)) + "\n" + "".join(f"[^{i}] " for i in range(count))


def code(language: str, unit: str) -> Callable[[int], str]:
    """A fence of one language around a repeated unit."""
    return lambda length: f"```{language}\n{repeated(unit)(length - 20)}\n```"


UNITS = (
    *("> ", ">", "- ", "1. ", "> - ", "- > ", "+ > 1. ", "  > ", "- [x] ", "> \n", "- a\n\n", "- a\n", "# ", "a\n=\n"),
    *("[", "![", "]", "[](", "[a](", "[a][", "[a](/x)", "[a]( \n", "![[](", "[![a](/x)](/y)", "[x](javascript:"),
    *("*", "_", "*a_ ", "*a **a ", "**a *a", "_a __a ", "**a** ", "~~", "~a", "a**b", "`", "a`` "),
    *("<", "<a ", "<!--", "<?", "<!A ", "<![CDATA[", "</", "<http://a.b>", "&", "&amp;", "&#x202e;", "\\", "\\*"),
    *("a.", "a@", "@", "@a ", "@a.b ", "@张三你好", "#1 ", "http://", "www.", "://", "https://a.b/(", "bank.com "),
    *("|-|\n", "| a |\n", "[^a]: b\n", "[^", "[a]: b\n", "[a]: <", "[a]\n", "```\n", "~~~", "\t", "\n"),
    *("文，", "x", "e\u0301", "👨\u200d👩\u200d👧", "[bank.com](http://e.co) ", "> **@alice** · #1\n>\n> "),
)
PATTERNS: dict[str, Callable[[int], str]] = {
    **{repr(unit): repeated(unit) for unit in UNITS},
    "pyramid": pyramid,
    "lazy quotes": lazy_lines("> "),
    "lazy lists": lazy_lines("- "),
    "quotes in lists": repeated("> - " * 18 + "a\n"),
    "deep quotes": repeated("> " * 55 + "a\n"),
    "nested brackets": nested("[", "]"),
    "nested links": nested("[", "](/b)"),
    "nested images": nested("![", "](/b)"),
    "nested emphasis": nested("*a **b", "b** a*"),
    "wide table": wide_table,
    "ticks": ticks,
    "definitions": definitions,
    "notes": notes,
    "python": code("python", "a=[(b.c('x'))] "),
    "html code": code("html", "<a "),
    "many fences": repeated("```python\nx=1\n```\n"),
}
