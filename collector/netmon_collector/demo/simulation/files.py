"""The files of the simulated district: the illustrative registry with an exemption, the default policy, keys."""

import re
from datetime import date, timedelta
from pathlib import Path

import yaml

from netmon.config.defaults import default_file
from netmon_collector.demo.stage import (
    Stage,
    collector_document,
    loopback_addresses,
    prepare_roadmap,
    prepare_server,
)

_EXEMPT = "kindergarten-06"
_EXEMPT_DAYS = 90


def prepare_simulation(stage: Stage, *, until: date, page: str, listen: str, language: str) -> Path:
    """An empty stage with everything that a collector reads; the signing key of its measurement server."""
    stage.clear()
    (stage.folder / "registry.yaml").write_text(_registry(until), encoding="utf-8")
    (stage.folder / "policy.yaml").write_text(_policy(), encoding="utf-8")
    prepare_roadmap(stage, until)
    addresses = loopback_addresses(page)
    public_key = prepare_server(stage, addresses)
    document = collector_document(addresses, public_key=public_key, page=page, language=language)
    stage.write("collector.yaml", {**document, "listen": [listen], "policy": "policy.yaml"})
    return stage.folder / "server.key"


def _registry(until: date) -> str:
    start = until - timedelta(days=21)
    exemption = {
        "organisation": _EXEMPT,
        "reason": {"ru": "Капитальный ремонт здания", "en": "Major repairs of the building"},
        "document": "Приказ комитета образования (пример)",
        "approver_role": {"ru": "председатель комитета образования", "en": "head of the education committee"},
        "from": start,
        "to": start + timedelta(days=_EXEMPT_DAYS),
    }
    text = yaml.safe_dump({"exemptions": [exemption]}, allow_unicode=True, sort_keys=False)
    return default_file("registry.yaml").read_text(encoding="utf-8").replace("\nexemptions: []\n", f"\n{text}")


def _policy() -> str:
    """The default policy, which here lets emulated lines decide, and says so in its name."""
    text = default_file("policy.yaml").read_text(encoding="utf-8")
    text = text.replace("\naccept_emulated: false\n", "\naccept_emulated: true\n")
    text = re.sub(r'^id: "(.*)"$', r'id: "\1-simulated"', text, count=1, flags=re.MULTILINE)
    text = text.replace('ru: "Основная методика"', 'ru: "Основная методика (имитация)"')
    return text.replace('en: "Default policy"', 'en: "Default policy (simulation)"')
