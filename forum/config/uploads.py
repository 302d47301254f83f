"""Where files are kept that all machines share: in a folder of this one, or in a bucket that speaks S3."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from importlib.util import find_spec
from urllib.parse import parse_qsl, unquote, urlsplit

from forum.config.reading import UnsafeSetting

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", re.ASCII)
_FOLDER = re.compile(r"(?!\.\.?(/|$))[A-Za-z0-9._-]+(/(?!\.\.?(/|$))[A-Za-z0-9._-]+)*", re.ASCII)
_REGION = re.compile(r"[a-z0-9-]{1,40}", re.ASCII)
_HOW = (
    "UPLOADS_URL must look like s3://KEY:SECRET@bucket/folder?endpoint=https://s3.example.org&region=eu-central-1, "
    "with signs such as @ : / + in the key and the secret written as %40 %3A %2F %2B. All but s3://bucket may be "
    "left out; ?style=virtual puts the bucket's name before the endpoint's host."
)


@dataclass(frozen=True)
class BucketPlace:
    """The bucket that UPLOADS_URL describes. `folder` is "" or ends in "/"; "" elsewhere: as boto3 finds it itself."""

    bucket: str
    folder: str
    endpoint: str
    region: str
    key: str
    secret: str = field(repr=False)
    style: str

    @property
    def where(self) -> str:
        """What people read of it: no key, no secret."""
        return f"the bucket {self.bucket} at {self.endpoint or 'Amazon S3'}"


def uploads(url: str) -> BucketPlace | None:
    """Return the bucket that UPLOADS_URL describes, None for folders of our own; UnsafeSetting never quotes it."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
        bucket, folder = parts.hostname or "", parts.path.strip("/")
        key, secret = unquote(parts.username or ""), unquote(parts.password or "")
        is_whole = parts.scheme == "s3" and parts.port is None and not parts.fragment and bool(key) == bool(secret)
    except ValueError:
        raise UnsafeSetting(_HOW) from None
    endpoint, region = options.pop("endpoint", ""), options.pop("region", "")
    style = options.pop("style", "path" if endpoint else "virtual")
    understood = (
        is_whole
        and not options
        and _BUCKET.fullmatch(bucket)
        and (not folder or _FOLDER.fullmatch(folder))
        and (not region or _REGION.fullmatch(region))
        and (not endpoint or _is_server(endpoint))
        and style in ("path", "virtual")
    )
    if not understood:
        raise UnsafeSetting(_HOW)
    if find_spec("boto3") is None:
        raise UnsafeSetting(
            "UPLOADS_URL names a bucket, and boto3 is not installed: pip install boto3, or leave it out."
        )
    return BucketPlace(bucket, f"{folder}/" if folder else "", endpoint.rstrip("/"), region, key, secret, style)


def _is_server(address: str) -> bool:
    try:
        parts = urlsplit(address)
        more = parts.path.strip("/") or parts.query or parts.fragment or parts.username
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not more and parts.port != 0
    except ValueError:
        return False
