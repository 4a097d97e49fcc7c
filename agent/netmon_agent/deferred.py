"""Stands in for modules that others import and a running agent never uses, until somebody does use them."""

import sys
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any


def defer(name: str, *functions: str) -> None:
    """Let `import name` cost nothing: the module is loaded when something of it is wanted for the first time.

    Of the functions named, `from name import function` costs nothing either: they load it when they are called.
    """
    if name in sys.modules:
        return
    stand_in = ModuleType(name)

    def load(attribute: str) -> Any:
        if attribute.startswith("__"):  # the import system looks for what packages have
            raise AttributeError(attribute)
        if sys.modules.get(name) is stand_in:
            del sys.modules[name]
        return getattr(import_module(name), attribute)

    def caller(function: str) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            return load(function)(*given, **named)

        return call

    for function in functions:
        setattr(stand_in, function, caller(function))
    stand_in.__getattr__ = load  # type: ignore[method-assign]
    sys.modules[name] = stand_in
