"""/openapi.json: the description of the interface, together with the schemas of the wire."""

import json
from importlib.resources import files
from typing import Any

import yaml
from aiohttp import web

from netmon_collector.web.access.described import with_access
from netmon_collector.web.answers import json_answer

_SUFFIX = ".schema.json"


def add_openapi_routes(app: web.Application) -> None:
    document = openapi_document()

    async def get_openapi(_request: web.Request) -> web.Response:
        return json_answer(document)

    app.router.add_get("/openapi.json", get_openapi)


def openapi_document() -> dict[str, Any]:
    """The whole document; the same for every collector of this version."""
    own = files("netmon_collector.web.api").joinpath("openapi.yaml").read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.safe_load(own)
    for file in sorted(files("netmon.wire").joinpath("schema").iterdir(), key=lambda file: file.name):
        name = file.name.removesuffix(_SUFFIX)
        schema = json.loads(file.read_text(encoding="utf-8"))
        schema.pop("$schema")
        document["components"]["schemas"][name] = _with_references_here(schema, name)
    return with_access(document)


def _with_references_here(part: Any, name: str) -> Any:
    """References between the files of the wire become references within this document."""
    if isinstance(part, list):
        return [_with_references_here(one, name) for one in part]
    if not isinstance(part, dict):
        return part
    return {
        key: _here(value, name) if key == "$ref" else _with_references_here(value, name) for key, value in part.items()
    }


def _here(reference: str, name: str) -> str:
    file, _, pointer = reference.partition("#")
    return f"#/components/schemas/{file.removesuffix(_SUFFIX) or name}{pointer}"
