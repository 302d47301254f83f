"""The switches of the header: language and appearance, for anybody, but only from our own pages."""

import pytest

from tests.plugins.application import Client

HERE = {"Sec-Fetch-Site": "same-origin"}


def switch(client: Client, headers: dict[str, str] | None = None, **fields: str) -> int:
    return int(
        client.post("/preferences", data=fields, headers=headers or {"Sec-Fetch-Site": "same-origin"}).status_code
    )


def test_the_language_switches(client: Client) -> None:
    assert switch(client, language="zh_Hans", next="/experts") == 303
    assert '<html lang="zh-Hans"' in client.get("/experts").text
    switch(client, language="en")
    assert '<html lang="en"' in client.get("/experts").text


def test_the_theme_switches(client: Client) -> None:
    switch(client, theme="dark")
    assert 'data-theme="dark"' in client.get("/experts").text
    switch(client, theme="auto")
    assert "data-theme=" not in client.get("/experts").text


def test_it_leads_back_and_never_elsewhere(client: Client) -> None:
    here = {"Sec-Fetch-Site": "same-origin"}
    assert (
        client.post("/preferences", data={"theme": "dark", "next": "/search?q=a"}, headers=here).location
        == "/search?q=a"
    )
    for hostile in ("//evil.example", "https://evil.example", "/\\evil.example", ""):
        assert client.post("/preferences", data={"theme": "dark", "next": hostile}, headers=here).location == "/"


@pytest.mark.parametrize("fields", [{"language": "fr"}, {"theme": "pink"}, {"language": "../x"}, {"signin": "x"}, {}])
def test_only_known_values_become_cookies(client: Client, fields: dict[str, str]) -> None:
    assert switch(client, **fields) == 303
    for name in ("language", "theme", "signin"):
        assert client.get_cookie(name) is None


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "none"},
     {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://localhost.evil.example"},
     {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}],
)  # fmt: skip
def test_another_site_sets_nothing(client: Client, headers: dict[str, str]) -> None:
    assert switch(client, headers, language="zh_Hans", theme="dark") == 403
    assert client.get_cookie("language") is None


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://localhost"}, {"Origin": "http://127.0.0.1:8000"}, {"X-Old": "1"}]
)
def test_our_own_origin_is_enough_for_an_older_browser(client: Client, headers: dict[str, str]) -> None:
    assert switch(client, headers, theme="light") == 303


def test_reading_needs_no_cookie_at_all(client: Client) -> None:
    assert client.get("/experts").headers.getlist("Set-Cookie") == []
