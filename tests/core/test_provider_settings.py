"""The settings OIDC_…: what is read, and what stops the start with one line that quotes no secret."""

import pytest

from forum import config
from forum.config import UnsafeSetting

GOOD = {
    "OIDC_PROVIDERS": "campus  City_2",
    "OIDC_CAMPUS_ISSUER": "https://id.campus.example/realms/all/",
    "OIDC_CAMPUS_CLIENT_ID": "forum",
    "OIDC_CAMPUS_CLIENT_SECRET": "hush-hush",
    "OIDC_CAMPUS_LABEL": "校园账号",
    "OIDC_CITY_2_ISSUER": "http://127.0.0.1:9400",
    "OIDC_CITY_2_CLIENT_ID": "f",
    "OIDC_CITY_2_CLIENT_SECRET": "s",
    "OIDC_CITY_2_SCOPE": "openid profile",
    "OIDC_CITY_2_AUTH_TIME": "optional",
}


def test_what_is_read() -> None:
    assert config.identity_providers({}) == {}
    campus, city = config.identity_providers(GOOD).values()
    assert (campus.name, campus.label, campus.scope) == ("campus", "校园账号", "openid email")
    assert campus.issuer == "https://id.campus.example/realms/all/" and not campus.is_local
    assert (city.name, city.label, city.scope, city.is_local) == ("city_2", "city_2", "openid profile", True)
    assert campus.says_when and not city.says_when
    assert "hush-hush" not in repr(campus)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OIDC_PROVIDERS", "campus campus"),
        ("OIDC_PROVIDERS", "cam/pus"),
        ("OIDC_PROVIDERS", "校园"),
        ("OIDC_CAMPUS_ISSUER", ""),
        ("OIDC_CAMPUS_CLIENT_ID", " "),
        ("OIDC_CAMPUS_CLIENT_SECRET", ""),
        ("OIDC_CAMPUS_ISSUER", "http://id.campus.example"),
        ("OIDC_CAMPUS_ISSUER", "http://127.0.0.1.evil.example"),
        ("OIDC_CAMPUS_ISSUER", "id.campus.example"),
        ("OIDC_CAMPUS_ISSUER", "https://"),
        ("OIDC_CAMPUS_ISSUER", "https://user:hush@id.campus.example"),
        ("OIDC_CAMPUS_ISSUER", "https://id.campus.example/?a=b"),
        ("OIDC_CAMPUS_ISSUER", "https://id.campus.example/#x"),
        ("OIDC_CAMPUS_ISSUER", "https://[::1"),
        ("OIDC_CAMPUS_ISSUER", "https://id.campus.example:port"),
        ("OIDC_CAMPUS_ISSUER", "file:///etc/passwd"),
        ("OIDC_CAMPUS_LABEL", "x" * 41),
        ("OIDC_CAMPUS_LABEL", "two\nlines"),
        ("OIDC_CAMPUS_SCOPE", "email"),
        ("OIDC_CAMPUS_SCOPE", 'openid "'),
        ("OIDC_CAMPUS_AUTH_TIME", "no"),
    ],
)
def test_what_stops_the_start(name: str, value: str) -> None:
    with pytest.raises(UnsafeSetting) as stopped:
        config.identity_providers({**GOOD, name: value})
    words = str(stopped.value)
    assert name in words and "\n" not in words and "hush-hush" not in words
