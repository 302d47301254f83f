"""UPLOADS_URL: what it may look like, and that a refusal quotes nothing of it."""

from __future__ import annotations

import pytest

from forum import config
from forum.config.uploads import BucketPlace, uploads
from tests.servers.s3 import SECRET


def test_every_part_is_understood() -> None:
    url = "s3://a%2Bkey:s%2F%3A%40+%25@my-bucket/one/two/?endpoint=https://s3.example.org:9000/&region=eu-central-1"
    assert uploads(url) == BucketPlace(
        "my-bucket", "one/two/", "https://s3.example.org:9000", "eu-central-1", "a+key", "s/:@+%", "path"
    )


def test_little_is_enough() -> None:
    assert uploads("") is None
    assert uploads("s3://forum") == BucketPlace("forum", "", "", "", "", "", "virtual")
    place = uploads("s3://forum?endpoint=http://127.0.0.1:9000&style=virtual")
    assert place and place.style == "virtual"


@pytest.mark.parametrize(
    "url",
    [
        "https://s3.example.org/bucket", "file:///srv/files", "s3://", "s3://ab", "s3:///folder", "s3://Under_score", "s3://forum:99",
        "s3://key@forum", "s3://:{}@forum", "s3://key:{}@forum/../other", "s3://key:{}@forum/a//b", "s3://key:{}@forum/ä",
        "s3://key:{}@forum?endpoint=ftp://x", "s3://key:{}@forum?endpoint=s3.example.org", "s3://key:{}@forum?region=eu/1",
        "s3://key:{}@forum?endpoint=https://user:pw@x", "s3://key:{}@forum?endpoint=https://x/path", "s3://key:{}@forum?x=1",
        "s3://key:{}@forum?style=other", "s3://key:{}@forum?endpoint", "s3://key:{}@forum#x", "s3://key:{}@forum?endpoint=https://[x",
    ],
)  # fmt: skip
def test_anything_else_is_refused_without_its_secret(url: str) -> None:
    with pytest.raises(config.UnsafeSetting) as refusal:
        uploads(url.format("hush-hush"))
    assert "UPLOADS_URL must look like" in str(refusal.value) and "hush" not in str(refusal.value)


def test_without_boto3_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("forum.config.uploads.find_spec", lambda _name: None)
    with pytest.raises(config.UnsafeSetting, match="boto3 is not installed"):
        uploads("s3://forum")


def test_the_place_shows_no_secret() -> None:
    place = uploads(f"s3://key:{'x' * 9}{SECRET[:3]}@forum")
    assert place and "xxx" not in repr(place) and "key" not in place.where
