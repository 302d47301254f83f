"""Which addresses a link may have, and which host a reader is really taken to."""

import re
import unicodedata

# The address of another site: no user info (http://bank@evil), no blank, control or backslash anywhere, and a
# host of plain letters, digits and hyphens (others are punycode by then) or an IPv6 address.
_SITE = re.compile(
    r"https?://(?P<host>[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_.])?|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?(?:[/?#].*)?",
    re.IGNORECASE | re.ASCII,
)
_MAIL = re.compile(r"mailto:[^@/?#]+@[^@]+", re.IGNORECASE)
_OWN = re.compile(r"/(?!/)")
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\xa0\\\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]")
_HOST_IN_TEXT = re.compile(r"(?<![\w.-])(?:https?://)?([\w-]+(?:\.[\w-]+)+)(?:[/?#]\S*)?")
_TOP_LEVEL = re.compile(r"[^\W\d_]{2,}|xn--[\w-]+")
_HAN_OR_PLAIN = re.compile("[a-z0-9\u3400-\u9fff-]+")


def is_allowed(address: str) -> bool:
    """Tell whether a link may lead there: http, https, mailto, or a path of this forum. Expects entities decoded."""
    if _UNSAFE.search(address):
        return False
    return is_own(address) or bool(_SITE.fullmatch(address) or _MAIL.fullmatch(address))


def is_own(address: str) -> bool:
    """Tell whether the address is a path of this forum ("/…", neither "//…" nor with a backslash)."""
    return bool(_OWN.match(address)) and "\\" not in address


def hidden_host(address: str, text: str) -> str:
    """Return the host of an address when the link's text names another one, else "".

    Punycode is decoded for hosts of Han and plain letters only: any other script can imitate a known name.
    """
    site = _SITE.fullmatch(address)
    if not site:
        return ""
    host = _readable(site["host"].lower().rstrip("."))
    shown = unicodedata.normalize("NFKC", text).lower().replace("。", ".")
    named = {_bare(found) for found in _HOST_IN_TEXT.findall(shown) if _TOP_LEVEL.fullmatch(found.split(".")[-1])}
    return host if named and named != {_bare(host)} else ""


def _bare(host: str) -> str:
    return host.removeprefix("www.").rstrip(".")


def _readable(host: str) -> str:
    try:
        decoded = host.encode("ascii").decode("idna") if "xn--" in host else host
    except UnicodeError:
        return host
    return decoded if all(map(_HAN_OR_PLAIN.fullmatch, decoded.split("."))) else host
