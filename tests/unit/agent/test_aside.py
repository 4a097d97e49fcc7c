"""Work in a child: its answer and its mistakes are ours, its memory is not."""

import os
import subprocess
import sys

import pytest

from netmon.errors import ConfigError
from netmon_agent.aside import in_a_child


def test_the_answer_comes_from_another_process() -> None:
    found = in_a_child(lambda: (os.getpid(), "settings"))
    assert found[0] != os.getpid()
    assert found[1] == "settings"


def test_a_mistake_in_the_settings_is_ours_to_tell() -> None:
    def fail() -> None:
        raise ConfigError("agent.yaml:2: speed: unknown key 'speed'")

    with pytest.raises(ConfigError, match="unknown key 'speed'"):
        in_a_child(fail)


def test_what_the_child_could_not_do_is_done_here() -> None:
    parent = os.getpid()

    def only_here() -> int:
        if os.getpid() != parent:
            raise MemoryError
        return os.getpid()

    assert in_a_child(only_here) == parent


def test_the_service_loads_no_yaml_and_no_other_subcommand() -> None:
    # What the interpreter was started with is not ours: measuring coverage loads modules of its own.
    code = (
        "import sys\nbefore = set(sys.modules)\n"
        "from netmon_agent.__main__ import main\nmain(['run', '--config', '/nonexistent.yaml'])\n"
        "print(*sorted({'yaml', 'decimal', 'subprocess', 'netmon_agent.cli_measure', 'netmon_agent.doctor'}"
        " & set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
