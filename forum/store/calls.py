"""Calls to a bucket: bounded in time and number, and spared for a moment once one has failed.

boto3 is imported by the first call: 33 MB and a third of a second, which a forum without a bucket never pays.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import has_request_context

from forum.config import BucketPlace
from forum.core.errors import FilesAway

log = logging.getLogger(__name__)

REST_SECONDS = 5.0  # for which a store that failed is not asked again: a page has dozens of pictures
PLACES = 6  # of a web process's twelve threads (serve.py), so that pages find a free one while the store hangs
PLACE_SECONDS = 0.25  # for which a request waits for one of them

_GONE = frozenset({"NoSuchKey", "404", "NotFound"})
_RIGHTS = "s3:PutObject, s3:GetObject and s3:DeleteObject on its files, s3:ListBucket on the bucket"
_ADVICE = {
    "NoSuchBucket": "it does not exist: make it, or correct UPLOADS_URL",
    "InvalidAccessKeyId": "it does not know the key: correct it in UPLOADS_URL",
    "SignatureDoesNotMatch": "the secret does not fit the key: correct it in UPLOADS_URL",
    "ExpiredToken": "the key has expired: renew it",
    "AccessDenied": f"it refuses: the key needs {_RIGHTS}",
    "Forbidden": f"it refuses: the key needs {_RIGHTS}",
    "403": f"it refuses: the key needs {_RIGHTS}",
    "PermanentRedirect": "it is in another region: say which, with ?region= in UPLOADS_URL",
    "AuthorizationHeaderMalformed": "it is in another region: say which, with ?region= in UPLOADS_URL",
    "301": "it is in another region: say which, with ?region= in UPLOADS_URL",
    "RequestTimeTooSkewed": "its clock and this machine's differ: set this machine's",
}
_KINDS = {
    "EndpointConnectionError": "nobody answers there",
    "ConnectTimeoutError": "nobody answers there in time",
    "ReadTimeoutError": "it does not answer in time",
    "ConnectionClosedError": "it ends connections without an answer",
    "ResponseStreamingError": "it broke off in the middle of an answer",
    "IncompleteReadError": "it broke off in the middle of an answer",
    "SSLError": "its certificate is not good",
    "NoCredentialsError": "there is no key: put one into UPLOADS_URL, or AWS_ACCESS_KEY_ID beside it",
    "PartialCredentialsError": "the key is there without its secret",
}


class Missing(Exception):
    """There is no such file in the bucket."""


@dataclass(frozen=True)
class _Patience:
    """How long one call may take: seconds for a connection, for each silence in an answer; tries in all."""

    connect: float
    read: float
    tries: int


IN_A_REQUEST = _Patience(1, 3, 2)  # somebody waits
BY_ITSELF = _Patience(3, 10, 2)  # a worker, a command: what fails is tried again by the next sweep


class Calls:
    """One bucket as this process talks to it. With `quick`, commands too wait no longer than a request would."""

    def __init__(self, place: BucketPlace, *, quick: bool = False) -> None:
        self.place = place
        self._quick = quick
        self._clients: dict[_Patience, Any] = {}
        self._making, self._telling = threading.Lock(), threading.Lock()
        self._places = threading.BoundedSemaphore(PLACES)
        self._rests_until, self._why = 0.0, ""

    @contextmanager
    def call(self, *, for_a_file: bool = True) -> Iterator[Any]:
        """Give boto3's client for one call. Raises Missing `for_a_file` that is not there, else FilesAway."""
        self._refuse_at_rest()
        if not self._places.acquire(timeout=PLACE_SECONDS if has_request_context() else None):
            raise FilesAway(f"{self.place.where}: {PLACES} calls wait for its answer already")
        try:
            self._refuse_at_rest()  # again: one of those before may have failed meanwhile
            with self.failures_told():
                yield self._client()
        except Missing as error:
            if for_a_file:
                raise
            raise self.away("it answers 404, as if it were no store: correct UPLOADS_URL") from error
        finally:
            self._places.release()

    def _refuse_at_rest(self) -> None:
        if time.monotonic() < self._rests_until:
            raise FilesAway(self._why)

    @contextmanager
    def failures_told(self) -> Iterator[None]:
        """Turn what boto3 raises into Missing, or into FilesAway, after which the store is left alone for a while."""
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - see above
        from urllib3.exceptions import HTTPError  # noqa: PLC0415

        try:
            yield
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in _GONE:
                raise Missing from error
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", "?")
            raise self.away(_ADVICE.get(code, f"it answers {status} {code[:60]}")) from error
        except (BotoCoreError, HTTPError) as error:
            raise self.away(_KINDS.get(type(error).__name__, f"the call failed: {type(error).__name__}")) from error

    def away(self, why: str) -> FilesAway:
        """Return what to raise because of a call that failed; the next ones fail at once, for a while."""
        why = f"{self.place.where}: {why}"
        with self._telling:
            is_said = why == self._why and time.monotonic() < self._rests_until  # by a call made at the same time
            self._why, self._rests_until = why, time.monotonic() + REST_SECONDS
        if not is_said:
            log.warning("files can't be reached in %s", why)
        return FilesAway(why)

    def _client(self) -> Any:
        patience = IN_A_REQUEST if self._quick or has_request_context() else BY_ITSELF
        with self._making:
            if patience not in self._clients:
                self._clients[patience] = _made(self.place, patience)
            return self._clients[patience]


def anybody_reads(place: BucketPlace, key: str) -> bool:
    """Whether a file of the bucket is given to somebody without a key; False too when that can't be found out."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - see above

    try:
        _made(place, IN_A_REQUEST, signs=False).get_object(Bucket=place.bucket, Key=key)["Body"].close()
    except (BotoCoreError, ClientError):
        return False
    return True


def _made(place: BucketPlace, patience: _Patience, *, signs: bool = True) -> Any:
    from boto3.session import Session  # noqa: PLC0415 - see above
    from botocore import UNSIGNED  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    session = Session(
        aws_access_key_id=place.key or None,
        aws_secret_access_key=place.secret or None,
        region_name=place.region or None,
    )
    config = Config(
        region_name=place.region or session.region_name or "us-east-1",
        connect_timeout=patience.connect,
        read_timeout=patience.read,
        retries={"mode": "standard", "total_max_attempts": patience.tries},
        s3={"addressing_style": place.style},
        signature_version=None if signs else UNSIGNED,
        # Newer checksums are not known to every server that speaks S3; what we put has its MD5 instead.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    client = session.client("s3", endpoint_url=place.endpoint or None, config=config)
    client.meta.events.register_last("before-parameter-build.s3", _stay)
    return client


def _stay(context: dict[str, Any], **_: Any) -> None:
    """Keep boto3 from looking for a bucket in other regions: a server that sends it away always is asked for ever."""
    context.setdefault("s3_redirect", {})["redirected"] = True
