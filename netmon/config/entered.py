"""What somebody filled in or a table says, in the shape of a YAML text: one reader knows both."""

import yaml

from netmon.config.strict import Node


class Plain(str):
    """A scalar without quotes."""

    __slots__ = ()


Entered = str | dict[str, "Entered"]


def entered_node(values: Entered, *, file: str = "", line: int = 1) -> Node:
    """What somebody filled in as the root of a YAML text, so that one reader knows both.

    A text is quoted; a `Plain` one stands as it is, for a number, true and false.
    """
    return Node(_entered(values, line), file=file, key="", line=line)


def _entered(value: Entered, line: int) -> yaml.Node:
    mark = yaml.Mark("", 0, line - 1, 0, None, 0)
    if isinstance(value, dict):
        pairs = [(_entered(Plain(key), line), _entered(one, line)) for key, one in value.items()]
        return yaml.MappingNode("", pairs, start_mark=mark)
    return yaml.ScalarNode("", str(value), start_mark=mark, style=None if isinstance(value, Plain) else '"')
