"""The one table of measurement methods: adding the next is one file and one line."""

from collections.abc import Mapping

from netmon_agent.methods import native
from netmon_agent.methods.base import Method

METHODS: Mapping[str, Method] = {
    native.NAME: native.measure,
}
