"""A sample of the discussions of CORPORA is imported whole, in two languages (all of it: bench/rehearse_import.py)."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import html5lib
import pytest
from flask import Flask
from sqlalchemy import select

from bench.corpora import CORPORA, CORPUS, convert, lines_of
from forum.archive.importing import import_file
from forum.core.database import db
from forum.core.text import BODY_LIMIT, normalize_text, skeleton
from forum.threads.models import Post, Thread
from tests.archive.discussions import read, rows

MOST = 400  # posts of each of the five collections
WORDS = re.compile(r"\w+")

pytestmark = [
    pytest.mark.corpora,
    pytest.mark.skipif(
        not all((CORPORA / corpus.folder / corpus.file).exists() for corpus in CORPUS),
        reason="CORPORA lacks the discussions: set it to the folder that has them",
    ),
]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """About 2,000 posts as a file in the interchange format."""
    file = tmp_path_factory.mktemp("corpora") / "sample.jsonl"
    convert(file, MOST)
    return file


def of(kind: str, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [line for line in lines if line["kind"] == kind]


def test_all_of_every_collection_is_converted(tmp_path: Path):
    counts = convert(tmp_path / "all.jsonl")
    for corpus in CORPUS:
        source = lines_of(CORPORA / corpus.folder / corpus.file)
        posts = sum(len(line["posts"]) if "posts" in line else 2 for line in source)
        assert (counts[corpus.folder]["threads"], counts[corpus.folder]["posts"]) == (len(source), posts)
    assert sum(each["posts"] for each in counts.values()) > 44_000
    people = of("person", read(tmp_path / "all.jsonl"))
    assert len({skeleton(person["username"]) for person in people}) == len(people)
    slugs = Counter(line["subtheme"] for line in of("thread", read(tmp_path / "all.jsonl")))
    assert len(slugs) == 7
    assert min(slugs.values()) > 300


def test_the_same_source_gives_the_same_file(sample: Path, tmp_path: Path):
    convert(tmp_path / "again.jsonl", MOST)
    assert (tmp_path / "again.jsonl").read_bytes() == sample.read_bytes()


def test_a_sample_is_imported_whole_and_once(app: Flask, sample: Path):
    lines = read(sample)
    report = import_file(sample)
    wanted = {kind: len(of(kind, lines)) for kind in ("person", "thread", "post")}
    assert report.added == {**wanted, "subtheme": 0}
    assert wanted["post"] > 1_800
    assert not report.renamed
    assert not report.as_plain_text
    stored = {
        row.source_id: row for row in db.session.execute(select(Post.source_id, Post.body, Post.plain, Post.html))
    }
    for line in of("post", lines):
        row = stored[line["id"]]
        assert row.body == normalize_text(line["body"], BODY_LIMIT)
        assert not any("\ufffd" in text for text in (row.body, row.plain, row.html))
    assert_as_typed({key: row.plain for key, row in stored.items()})
    assert db.session.scalar(select(Thread.expert_answer_count).where(Thread.source_id == "clinic:med-0")) == 1
    before = rows()
    assert set(import_file(sample).added.values()) == {0}
    assert rows() == before


def assert_as_typed(plain: dict[str, str]) -> None:
    """Compare what a reader sees with the sources themselves."""
    compared = 0
    for corpus in CORPUS:
        for each in corpus.discussions():
            for post in each.posts:
                key = f"{corpus.prefix}:{post.id}"
                if post.typed and key in plain:
                    assert bare(plain[key]) == bare(post.typed), key
                    compared += 1
    assert compared > 1_400
    for line in lines_of(CORPORA / CORPUS[1].folder / CORPUS[1].file):
        for post in line["posts"]:
            if "body_html" in post and f"se:{post['id']}" in plain:
                seen = Counter(WORDS.findall(plain[f"se:{post['id']}"].casefold()))
                text = "".join(html5lib.parse(post["body_html"], namespaceHTMLElements=False).itertext())
                assert not Counter(WORDS.findall(normalize_text(text, 10**6).casefold())) - seen, post["id"]


def bare(text: str) -> str:
    return "".join(normalize_text(text, BODY_LIMIT).split()).casefold()
