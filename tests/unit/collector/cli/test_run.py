"""The table of the commands: what each module has, and that nothing else is loaded for it."""

import subprocess
import sys

import pytest
import typer

from netmon_collector.cli.run import MODULES, program, run


@pytest.mark.parametrize("module", MODULES)
def test_a_module_has_the_commands_of_its_row(module: str) -> None:
    command = typer.main.get_command(program([module]))
    assert tuple(command.commands) == MODULES[module]  # type: ignore[attr-defined]


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    named = {line.split()[0] for line in capsys.readouterr().out.splitlines() if line.startswith("  ")}
    assert {command for commands in MODULES.values() for command in commands} <= named


def test_a_command_loads_its_own_module_alone() -> None:
    script = "import sys; from netmon_collector.cli.run import run; run(['certificate', '--help']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "netmon_collector.cli.certificate" in loaded
    assert not {"netmon_collector.cli.judge", "sqlalchemy", "docx"} & loaded
