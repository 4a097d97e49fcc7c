"""Modules that are loaded when they are used."""

import os
import subprocess
import sys

SCRIPT = """
import sys
from netmon_agent.deferred import defer
defer("calendar")
defer("textwrap", "dedent")
import calendar
from textwrap import dedent
import textwrap
print(type(calendar).__name__, "locale" in sys.modules)
print(dedent("  late"))
print(textwrap.shorten("a b", 10))
print(calendar.isleap(2024), "locale" in sys.modules, sys.modules["calendar"] is not calendar)
try:
    calendar.nothing
except AttributeError as error:
    print(error)
"""


def test_a_deferred_module_is_loaded_when_something_of_it_is_wanted() -> None:
    command, path = [sys.executable, "-S", "-c", SCRIPT], os.pathsep.join(filter(None, sys.path))
    environment = {**os.environ, "PYTHONPATH": path}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "module False",
        "late",
        "a b",
        "True True True",
        "module 'calendar' has no attribute 'nothing'",
    ]
