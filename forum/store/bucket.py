"""A store in a bucket that speaks S3. Each file is put by one call, so it is there whole or not at all: no drafts."""

from __future__ import annotations

import base64
import errno
import hashlib
import io
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from forum.store.calls import Calls, Missing
from forum.store.interface import AT_ONCE, Entry, Opened, Store, checked, could_be

PAGE = 1_000  # files listed by one call, the most that S3 gives
WHOLE_SECONDS = 10.0  # in which a small file has to arrive as a whole, however slowly it drips
LARGEST = 5 * 1024**3  # bytes that S3 takes by one call


class Bucket(Store):
    """A shelf in the bucket of `calls`: all keys that begin with `beginning`."""

    def __init__(self, calls: Calls, beginning: str) -> None:
        self._calls = calls
        self._beginning = calls.place.folder + beginning
        self._bucket = calls.place.bucket

    def put(self, name: str, content: bytes | Path) -> None:
        """Send it with its MD5, by which the server sees whether all of it has arrived."""
        key = self._key(name)
        if isinstance(content, Path):
            with content.open("rb") as file:
                digest = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).digest()
                size = file.tell()
                if size > LARGEST:
                    raise OSError(
                        errno.EFBIG, f"a bucket takes {LARGEST:,} bytes by one call, and it has {size:,}", name
                    )
                file.seek(0)
                self._send(key, file, size, digest)
        else:
            self._send(key, content, len(content), hashlib.md5(content, usedforsecurity=False).digest())

    def _send(self, key: str, body: bytes | IO[bytes], size: int, digest: bytes) -> None:
        with self._calls.call(for_a_file=False) as client:
            client.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=body,
                ContentLength=size,
                ContentMD5=base64.b64encode(digest).decode(),
            )

    def open(self, name: str) -> Opened | None:
        """Return the beginning of the answer; the rest comes as it is read."""
        try:
            with self._calls.call() as client:
                answer = client.get_object(Bucket=self._bucket, Key=self._key(name))
        except Missing:
            return None
        size = int(answer["ContentLength"])
        return Opened(io.BufferedReader(_Body(answer["Body"], size, self._calls)), size, answer["LastModified"])

    def get(self, name: str) -> bytes | None:
        """Return the whole content, which has to arrive within WHOLE_SECONDS."""
        key = self._key(name)
        try:
            with self._calls.call() as client:
                until, parts = time.monotonic() + WHOLE_SECONDS, []
                answer = client.get_object(Bucket=self._bucket, Key=key)
                with io.BufferedReader(_Body(answer["Body"], int(answer["ContentLength"]), self._calls)) as file:
                    while part := file.read1(AT_ONCE):
                        parts.append(part)
                        if time.monotonic() > until:
                            raise self._calls.away("it sends too slowly")
        except Missing:
            return None
        return b"".join(parts)

    def delete(self, name: str) -> None:
        """Delete the object."""
        try:
            with self._calls.call() as client:
                client.delete_object(Bucket=self._bucket, Key=self._key(name))
        except Missing:
            return

    def entries(self) -> Iterator[Entry]:
        """Ask for one page after the other."""
        going_on: dict[str, str] = {}
        while True:
            with self._calls.call(for_a_file=False) as client:
                page = client.list_objects_v2(Bucket=self._bucket, Prefix=self._beginning, MaxKeys=PAGE, **going_on)
            for found in page.get("Contents", []):
                name = found["Key"].removeprefix(self._beginning)
                if could_be(name):
                    yield Entry(name, int(found["Size"]), found["LastModified"])
            next_page = {"ContinuationToken": str(page.get("NextContinuationToken", ""))}
            if not page.get("IsTruncated"):
                return
            if next_page == going_on or not next_page["ContinuationToken"]:
                raise self._calls.away("its list of files does not go on")
            going_on = next_page

    def _key(self, name: str) -> str:
        return self._beginning + checked(name)


class _Body(io.RawIOBase):
    """The rest of an answer, read as it comes: a server that breaks off is FilesAway, not an end."""

    def __init__(self, body: Any, size: int, calls: Calls) -> None:
        self._body, self._calls, self._left = body, calls, size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Take what is there, so that somebody who counts the seconds sees how slowly it drips."""
        if not self._left:
            return 0
        with self._calls.failures_told():
            part = self._body._raw_stream.read1(min(len(buffer), self._left))
        if not part:
            raise self._calls.away("it broke off in the middle of an answer")
        buffer[: len(part)] = part
        self._left -= len(part)
        return len(part)

    def close(self) -> None:
        """Give the connection back, or end it if not all was read."""
        if not self.closed:
            self._body.close()
        super().close()
