"""`flask doctor` names every setting with which a public forum would be in danger, and says what to do."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from forum import config
from forum.accounts import registration
from forum.accounts.models import User
from forum.cli import safety
from forum.core import site
from forum.core.database import now, transaction
from forum.core.diagnosis import Fact
from forum.entry.models import Authenticator
from forum.samples.seeding import seed

SAFE = {
    "FORUM_ENV": "production",
    "SECRET_KEY": "a7Qz-0kd_WmX3vb8Rt5yLp2Hc9Js6Ef4Gn1",
    "SECRET_KEY_FALLBACKS": ["u4Bn-1xd_KmZ8vc3Qt6yWp9Lc2Js5Ef7Hn0"],
    "SECURE_COOKIES": True,
    "TESTING": False,
    "CONTACT": "desk@forum.example",
    "MAIL_SERVER": object(),
}


@pytest.fixture
def settings(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`settings(HOST="0.0.0.0")`: what is found in a forum that is safe but for this; facts begin with "note: "."""
    Path(app.config["FORUM_INSTANCE"]).chmod(0o700)

    def examine(**unsafe: Any) -> list[str]:
        with monkeypatch.context() as patch:
            for name, value in {**SAFE, **unsafe}.items():
                patch.setitem(app.config, name, value)
            return [f"note: {line}" if isinstance(line, Fact) else line for line in safety.findings()]

    return examine


def test_a_safe_forum_is_well(settings: Any) -> None:
    assert settings() == []


def test_a_development_forum_is_left_alone(settings: Any) -> None:
    (line,) = settings(FORUM_ENV="development", SECURE_COOKIES=False, DEBUG=True)
    assert line.startswith("note: this is a development forum")


@pytest.mark.parametrize(
    ("unsafe", "said"),
    [
        ({"SECURE_COOKIES": False}, "SITE_URL is not https://"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is shorter than 32"),
        ({"SECRET_KEY": "ab" * 30}, "repeats a few"),
        ({"SECRET_KEY_FALLBACKS": ["changeme"]}, "SECRET_KEY_FALLBACKS holds a weak key"),
        ({"SECRET_KEY_FALLBACKS": [SAFE["SECRET_KEY"]]}, "was not changed"),
        ({"DEBUG": True}, "unset FLASK_DEBUG"),
        ({"TESTING": True}, "TESTING is on"),
        ({"HOST": "0.0.0.0"}, "without TRUSTED_PROXIES"),
        ({"CONTACT": ""}, "CONTACT is not set"),
        ({"MAIL_SERVER": None}, "SMTP_URL is not set"),
        ({"WEB_WORKERS": 3}, "limits are 3 times as wide"),
        ({"RATELIMIT_ENABLED": False}, "rate limits are off"),
    ],
)
def test_a_danger_is_named_alone(settings: Any, unsafe: dict[str, Any], said: str) -> None:
    (line,) = settings(**unsafe)
    assert said in line and not line.startswith("note: ")


def test_proxies_are_believed_on_a_port_that_is_open_to_all(settings: Any) -> None:
    (line,) = settings(HOST="0.0.0.0", TRUSTED_PROXIES=1)
    assert line.startswith("note: ") and "let only the proxy reach it" in line
    assert settings(HOST="127.0.0.1", TRUSTED_PROXIES=1) == []


def test_several_processes_with_redis_are_fine(settings: Any) -> None:
    assert settings(WEB_WORKERS=3, REDIS_URL="redis://127.0.0.1:1/0") == []


def test_a_limit_that_limits_nothing(app: Flask, settings: Any) -> None:
    wider = {**app.config["LIMITS"], "LOGIN": "20 per minute"}
    assert settings(LIMITS=wider) == []
    (line,) = settings(LIMITS={**wider, "LOGIN": "1000 per second"})
    assert line.startswith("LIMIT_LOGIN is more than 100 times its default")


def test_an_open_door_is_advice(settings: Any, carol: User) -> None:
    give_second_factor(carol)
    site.put(registration.SETTING, "open", carol.id)
    (line,) = settings()
    assert line.startswith("note: anybody joins")


def test_staff_with_a_password_alone(settings: Any, carol: User, bob: User) -> None:
    give_second_factor(carol)
    (line,) = settings()
    assert line.startswith("note: 1 of 2 moderators and administrators")


def give_second_factor(user: User) -> None:
    with transaction() as session:
        session.add(Authenticator(user_id=user.id, sealed_secret="x", confirmed_at=now()))


def test_sample_accounts_are_a_danger(settings: Any) -> None:
    seed()
    assert any("sample accounts are here" in line and not line.startswith("note: ") for line in settings())


@pytest.mark.parametrize("mode", [0o750, 0o705, 0o777])
def test_a_folder_that_others_may_read(app: Flask, settings: Any, mode: int) -> None:
    folder = Path(app.config["FORUM_INSTANCE"])
    key = folder / "secret_key"
    key.touch(mode=0o644)
    assert settings() == []  # the folder shuts it away
    folder.chmod(mode)
    key.chmod(0o600)
    found = settings()
    assert found and all("chmod go=" in line for line in found)
    key.chmod(0o644)
    assert any(str(key) in line for line in settings())
    folder.chmod(0o700)
    key.unlink()


def test_the_command_ends_with_1_for_a_danger_only(app: Flask, work: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    Path(app.config["FORUM_INSTANCE"]).chmod(0o700)
    for name, value in SAFE.items():
        monkeypatch.setitem(app.config, name, value)
    monkeypatch.setitem(app.config, "HOST", "0.0.0.0")
    monkeypatch.setitem(app.config, "TRUSTED_PROXIES", 1)
    work()
    advice = app.test_cli_runner().invoke(args=["doctor"])
    assert (advice.exit_code, "settings: well" in advice.output) == (0, True), advice.output
    assert "let only the proxy reach it" in advice.output
    monkeypatch.setitem(app.config, "CONTACT", "")
    danger = app.test_cli_runner().invoke(args=["doctor"])
    assert danger.exit_code == 1 and "CONTACT is not set" in danger.output


@pytest.mark.parametrize("value", ["1", "true", "on"])
def test_production_does_not_start_for_debugging(tmp_path: Path, value: str) -> None:
    environ = {"FORUM_INSTANCE": str(tmp_path), "FORUM_ENV": "production", "FLASK_DEBUG": value}
    with pytest.raises(config.UnsafeSetting, match="FLASK_DEBUG"):
        config.load(environ, tmp_path)
    config.load({**environ, "FLASK_DEBUG": "0"}, tmp_path)
    config.load({**environ, "FORUM_ENV": "development"}, tmp_path)
