"""docker-compose.yml and what it mounts: by the Compose schema, hardened, every file there, the configurations read."""

import hashlib
import json
import re
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from netmon_collector.measurement_server.settings import read_settings as read_server_settings
from netmon_collector.settings import read_settings
from tests.support.grafana import FOLDER, boards

ROOT = FOLDER.parent
SCHEMA = ROOT / "tests" / "data" / "compose"
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
ONCE = {"migrate", "grants"}


def test_the_file_is_one_by_the_compose_schema() -> None:
    schema = (SCHEMA / "compose-spec.json").read_bytes()
    assert hashlib.sha256(schema).hexdigest() in (SCHEMA / "README.md").read_text("utf-8")
    jsonschema.Draft7Validator(json.loads(schema)).validate(COMPOSE)
    broken = {**COMPOSE, "services": {"collector": {"image": "netmon", "readonly": True}}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(json.loads(schema)).validate(broken)


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_hardened(name: str) -> None:
    one = SERVICES[name]
    assert (one["read_only"], one["cap_drop"], one["security_opt"]) == (True, ["ALL"], ["no-new-privileges:true"])
    assert one["user"].partition(":")[0] not in ("0", "root", "")
    assert "privileged" not in one
    assert ("healthcheck" in one) != (name in ONCE)
    assert ":" in one["image"] or "build" in one, "an image without a version is another one tomorrow"
    assert not one["image"].endswith(":latest")


def test_secrets_are_files_and_nowhere_else() -> None:
    assert all(set(one) == {"file"} for one in COMPOSE["secrets"].values())
    used = {secret for one in SERVICES.values() for secret in one.get("secrets", [])}
    assert used == set(COMPOSE["secrets"])
    for one in SERVICES.values():
        told = [key for key in one.get("environment", {}) if re.search("PASSWORD|SECRET|TOKEN", key)]
        assert [key for key in told if not key.endswith("_FILE")] == []
    ignored = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert "/secrets/" in ignored


def test_what_is_mounted_is_there_and_volumes_are_named() -> None:
    mounts = [one.split(":") for service in SERVICES.values() for one in service.get("volumes", [])]
    ours = [one for one in mounts if one[0].startswith(".")]
    assert [one[0] for one in ours if not (ROOT / one[0]).exists()] == []
    assert {one[2] for one in ours} == {"ro"}
    assert {one[0] for one in mounts if not one[0].startswith(".")} == set(COMPOSE["volumes"])


def test_prometheus_and_nobody_else_reads_metrics_without_a_token(tmp_path: Path) -> None:
    (network,) = COMPOSE["networks"]["default"]["ipam"]["config"]
    own = SERVICES["prometheus"]["networks"]["default"]["ipv4_address"]
    assert ip_address(own) in ip_network(network["subnet"])
    assert ip_address(own) not in ip_network(network["ip_range"]), "another container could be given this address"
    access = read_settings(_with_keys("collector.yaml", tmp_path)).access
    assert [str(one) for one in access.metrics_from] == [f"{own}/32"]
    assert not access.public


def test_services_that_others_wait_for_exist_and_tell_when_they_are_there() -> None:
    for one in SERVICES.values():
        for other, how in one.get("depends_on", {}).items():
            is_healthy = how["condition"] == "service_healthy"
            assert ("healthcheck" in SERVICES[other]) == is_healthy


def test_only_measuring_is_open_to_others_and_the_mail_catcher_is_for_development() -> None:
    open_to_all = {
        name for name, one in SERVICES.items() for port in one.get("ports", []) if not port.startswith("127.0.0.1:")
    }
    assert open_to_all == {"server"}
    assert [name for name, one in SERVICES.items() if one.get("profiles")] == ["mail"]


def _with_keys(name: str, folder: Path) -> Path:
    """A configuration of the composition, with its secrets and files where they are here."""
    key = folder / "key"
    key.write_text("31" * 32 + "\n", encoding="ascii")
    key.chmod(0o600)
    text = (FOLDER / "compose" / name).read_text("utf-8")
    text = re.sub(r"/run/secrets/[\w-]+", str(key), text).replace("/srv/netmon", str(ROOT / "config"))
    (folder / name).write_text(text.replace("/var/lib/netmon", str(folder)), encoding="utf-8")
    return folder / name


def test_the_collectors_configuration_can_be_read(tmp_path: Path) -> None:
    settings = read_settings(_with_keys("collector.yaml", tmp_path))
    assert settings.database == "postgresql://netmon@database/netmon"
    assert settings.registry.exists()


def test_the_servers_configuration_can_be_read(tmp_path: Path) -> None:
    settings = read_server_settings(_with_keys("server.yaml", tmp_path))
    scrapes = yaml.safe_load((FOLDER / "prometheus" / "prometheus.yml").read_text("utf-8"))["scrape_configs"]
    asked = {one["job_name"]: one["static_configs"][0]["targets"] for one in scrapes}
    assert asked["netmon-server"] == [f"server:{settings.metrics[1]}" if settings.metrics else ""]
    assert asked["netmon-collector"] == ["collector:8080"]


def test_datasources_are_those_that_the_dashboards_name_and_passwords_come_from_files() -> None:
    found = yaml.safe_load((FOLDER / "provisioning" / "datasources" / "netmon.yaml").read_text("utf-8"))
    known = {(one["type"], one["uid"]) for one in found["datasources"]}
    named = {
        (one["datasource"]["type"], one["datasource"]["uid"])
        for board in boards().values()
        for panel in board["panels"]  # type: ignore[attr-defined]
        for one in panel["targets"]
    }
    assert named == known
    secrets = [value for one in found["datasources"] for value in one.get("secureJsonData", {}).values()]
    assert secrets == ["$__file{/run/secrets/grafana-reader-password}"]


def test_everything_that_provisioning_takes_from_outside_is_given() -> None:
    texts = [path.read_text("utf-8") for path in (FOLDER / "provisioning").rglob("*.yaml")]
    taken = {name for text in texts for name in re.findall(r"\$(NETMON_\w+)", text)}
    assert taken == {one for one in SERVICES["grafana"]["environment"] if one.startswith("NETMON_")}
    assert "$labels" not in re.sub(r"\$\$labels", "", "".join(texts)), "Grafana would take it for a variable of its own"
