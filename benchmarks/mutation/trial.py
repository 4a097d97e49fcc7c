"""The trial of a mutant: the tests in a forked process that imports the changed module instead of the real one."""

import importlib.abc
import importlib.machinery
import importlib.util
import os
import signal
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from types import ModuleType

import hypothesis
import pytest

from benchmarks.mutation.mutants import Mutant

_LONGEST_S = 180
_OWN = ("netmon", "netmon_agent", "netmon_collector", "tests")


class Fate(StrEnum):
    KILLED = "killed"
    SURVIVED = "survived"


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module its changed source."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._mutant.module:
            return None
        return importlib.util.spec_from_loader(fullname, self)

    def exec_module(self, module: ModuleType) -> None:
        code = compile(self._mutant.source, str(self._mutant.path), "exec")
        exec(code, module.__dict__)


class Trial:
    """Runs the tests in a child of this process, which has the libraries loaded and nothing of the project."""

    def __init__(self, *, root: Path, tests: Sequence[str]) -> None:
        self._root, self._tests = root, [str(root / one) for one in tests]

    def fate(self, mutant: Mutant | None) -> Fate:
        child = os.fork()
        if child == 0:
            os._exit(self._child(mutant))
        _, status = os.waitpid(child, 0)
        return Fate.SURVIVED if status == 0 else Fate.KILLED

    def _child(self, mutant: Mutant | None) -> int:
        """Never returns to the parent's code; a mutant that loops for ever is ended by its alarm."""
        signal.alarm(_LONGEST_S)
        if mutant is not None:  # what fails without any mutation is shown
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, 1)
            os.dup2(null, 2)
        for name in [one for one in sys.modules if one.partition(".")[0] in _OWN]:
            del sys.modules[name]
        if mutant is not None:
            sys.meta_path.insert(0, _Changed(mutant))
        hypothesis.settings.register_profile(
            "mutation", derandomize=True, database=None, max_examples=30, deadline=None
        )
        options = ["-x", "-q", "--assert=plain", "-p", "no:cacheprovider", "--hypothesis-profile=mutation"]
        try:
            return int(pytest.main([*options, "--rootdir", str(self._root), *self._tests]))
        except BaseException:  # noqa: BLE001 - whatever a mutant does, it was noticed
            return 1
        finally:
            sys.stdout.flush()
