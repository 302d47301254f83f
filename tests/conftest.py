"""What every test can ask for. Servers and browsers come from plugins, the application's fixtures from here."""

pytest_plugins = ["tests.plugins.servers", "tests.plugins.browser"]
