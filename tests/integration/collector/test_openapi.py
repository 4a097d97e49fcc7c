"""/openapi.json against the routes that exist and the answers that come."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from netmon_collector.web.api.openapi import openapi_document
from netmon_collector.web.app import make_app
from tests.support.collector import Reply, RunningCollector, a_running_collector
from tests.support.devices import A_DEVICE, a_path, an_absence
from tests.support.domain import a_slot
from tests.support.store import NOW, a_measurement_record

FOR_PROGRAMS = ("/api/", "/healthz", "/readyz", "/metrics", "/openapi.json")
SLOT = a_slot(NOW + timedelta(minutes=1))


@pytest.fixture
def collector(tmp_path: Path) -> Iterator[RunningCollector]:
    with a_running_collector(tmp_path) as found:
        yield found


def _schema(pointer: str) -> Mapping[str, Any]:
    return {"$ref": pointer, "components": openapi_document()["components"]}


def _conforms(reply: Reply, method: str, path: str) -> None:
    """The answer is one that the description has for this path."""
    known = openapi_document()["paths"][path][method]["responses"]
    assert str(reply.status) in known
    answer = known[str(reply.status)]
    if "$ref" in answer:
        answer = openapi_document()["components"]["responses"][answer["$ref"].rsplit("/", 1)[-1]]
    media = reply.headers["content-type"].split(";")[0]
    schema = {**answer["content"][media]["schema"], "components": openapi_document()["components"]}
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(reply.document)


def test_every_route_but_the_pages_is_described_and_nothing_else(collector: RunningCollector) -> None:
    routes = {
        (route.method.lower(), route.resource.canonical)
        for route in make_app(collector.services).router.routes()
        if route.resource is not None and route.method != "HEAD" and route.resource.canonical.startswith(FOR_PROGRAMS)
    }
    described = {(method, path) for path, methods in openapi_document()["paths"].items() for method in methods}
    assert described == routes


def test_every_reference_leads_somewhere() -> None:
    document = openapi_document()
    references = set(re.findall(r"'\$ref': '([^']+)'", repr(document)))
    assert references
    for reference in references:
        part: Any = document
        for step in reference.removeprefix("#/").split("/"):
            part = part[step]


def test_every_schema_is_one() -> None:
    for name in openapi_document()["components"]["schemas"]:
        Draft202012Validator.check_schema(_schema(f"#/components/schemas/{name}"))


def test_every_path_parameter_is_described() -> None:
    document = openapi_document()
    for path, methods in document["paths"].items():
        for operation in methods.values():
            described = [
                document["components"]["parameters"][one["$ref"].rsplit("/", 1)[-1]] if "$ref" in one else one
                for one in operation.get("parameters", [])
            ]
            assert set(re.findall(r"{(\w+)}", path)) == {one["name"] for one in described if one["in"] == "path"}


def test_answers_are_as_described(collector: RunningCollector) -> None:
    agent = collector.an_agent()
    collector.services.store.add_slots([SLOT])
    _conforms(agent.send(a_measurement_record(SLOT), b"nonsense"), "post", "/api/v1/agent/records")
    _conforms(agent.timetable(**A_DEVICE), "get", "/api/v1/agent/timetable")
    assert agent.results(an_absence(), a_path()) == ["stored", "stored"]
    _conforms(collector.enrol(collector.code()), "post", "/api/v1/enrol")
    _conforms(collector.enrol("guess"), "post", "/api/v1/enrol")
    collector.clock.go_on(3600)
    token = collector.a_token()
    for path, query in {
        "/api/v1/territories/{territory}/coverage": "?at=2019-12-31",
        "/api/v1/territories/{territory}/closings": "",
        "/api/v1/audit": "",
        "/api/v1/organisations": "?territory=district",
        "/api/v1/lines/{line}": "",
        "/api/v1/lines/{line}/measurements": "",
        "/api/v1/lines/{line}/verdicts": "?period=2026-W48",
        "/api/v1/lines/{line}/device": "",
        "/api/v1/lines/{line}/absences": "",
        "/api/v1/lines/{line}/paths": "",
        "/api/v1/roadmap": "",
        "/healthz": "",
        "/readyz": "",
        "/openapi.json": "",
    }.items():
        asked = path.replace("{territory}", "district").replace("{line}", "line-01")
        _conforms(collector.get_as(token, asked + query), "get", path)
        if "{" in path:
            _conforms(collector.get_as(token, path.replace("{territory}", "x").replace("{line}", "x")), "get", path)


def test_refusals_are_as_described(collector: RunningCollector) -> None:
    for method, path in (("GET", "/api/v1/agent/timetable"), ("POST", "/api/v1/agent/records")):
        _conforms(collector.ask(method, path, b"" if method == "POST" else None), method.lower(), path)
    _conforms(collector.ask("POST", "/api/v1/enrol", b"{}"), "post", "/api/v1/enrol")
    _conforms(collector.ask("POST", "/api/v1/enrol", b"x" * 5000), "post", "/api/v1/enrol")
    _conforms(collector.get("/api/v1/roadmap?at=soon"), "get", "/api/v1/roadmap")
