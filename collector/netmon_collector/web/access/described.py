"""What the description of the interface says of access: as the table of rules has it."""

from typing import Any

from netmon_collector.web.access.rules import RULES

_REFUSED = {"$ref": "#/components/responses/refused"}
_SECURITY: tuple[dict[str, list[str]], ...] = ({"apiToken": []}, {"session": []})


def with_access(document: dict[str, Any]) -> dict[str, Any]:
    """The description with security and refusals of every path that a role is needed for."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            rule = RULES.get(f"{method.upper()} {path}")
            if rule is not None and rule.role is not None:
                operation["security"] = [*_SECURITY]
                operation["responses"] |= {"401": _REFUSED, "403": _REFUSED}
                operation["description"] = f"For a {rule.role.value} and above."
    return document
