"""What every test can ask for: servers and browsers, the application, and its people."""

pytest_plugins = [
    "tests.plugins.servers",
    "tests.plugins.browser",
    "tests.plugins.application",
    "tests.plugins.mail",
    "tests.people",
    "tests.discussions",
    "tests.stage",
]
