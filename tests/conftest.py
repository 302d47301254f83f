"""What every test can ask for: servers and browsers, the application, and its people."""

import gc
from collections.abc import Generator

import pytest

pytest_plugins = [
    "tests.plugins.servers",
    "tests.plugins.browser",
    "tests.plugins.application",
    "tests.plugins.mail",
    "tests.people",
    "tests.discussions",
    "tests.stage",
]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Let the garbage collector pass over what stays anyway: thousands of tests were looked through again and again.

    And seldom over the rest: a request leaves thousands of objects, and most of them go by themselves.
    """
    gc.disable()
    found = yield
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)
    gc.enable()
    return found
