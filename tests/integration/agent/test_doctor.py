"""The doctor's checks against a real collector, real servers and a real file system."""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from netmon_agent.address import Address
from netmon_agent.cli_doctor import examine
from netmon_agent.doctor import device, machine, network
from netmon_agent.doctor.patient import Patient
from netmon_agent.doctor.phrasebook import translator
from netmon_agent.doctor.report import Finding, Status, page
from netmon_agent.doctor.texts import Text
from netmon_agent.identity import FILE
from netmon_agent.settings import Settings
from netmon_agent.timetable import TimetableCache
from tests.support.agent import NOON, Log, a_draft, a_slot, a_timetable, an_identity, an_offer, an_outbox
from tests.support.certificates import an_authority
from tests.support.fake_collector import Fault, running_collector
from tests.support.measurement import running_server
from tests.support.relay import relay_to


def a_patient(folder: Path, url: str = "http://127.0.0.1:1", ca: str | None = None, **changes: object) -> Patient:
    folder.chmod(0o700)
    an_identity(url, ca).save(folder)
    return examine(Settings(state_dir=folder, **changes))  # type: ignore[arg-type]


def with_server(folder: Path, address: tuple[str, int]) -> Patient:
    slot = a_slot(offers=(an_offer(host=address[0], port=address[1]),))
    TimetableCache(folder, say=Log()).adopt(a_timetable(slot), etag=None, now=NOON, done=set())
    return a_patient(folder)


def told(findings: Iterator[Finding]) -> dict[str, tuple[str, Text]]:
    return {one.name.name: (one.status.value, one.text) for one in findings}


def test_a_collector_that_answers_shows_certificate_and_clock(tmp_path: Path) -> None:
    authority = an_authority(tmp_path)
    with running_collector(tls=authority.server) as collector:
        collector.ca, collector.timetable = authority.pem.encode(), a_timetable(a_slot())
        patient = a_patient(tmp_path, collector.url, authority.pem)
        assert told(network.check_collector(patient)) == {
            "TLS": ("ok", Text.TLS_FINE),
            "COLLECTOR": ("ok", Text.COLLECTOR_FINE),
            "CLOCK": ("ok", Text.CLOCK_FINE),
        }
        stranger = a_patient(tmp_path, collector.url, an_authority(tmp_path).pem)
        assert told(network.check_collector(stranger)) == {"TLS": ("problem", Text.TLS_BAD)}
        collector.clock_ahead = timedelta(days=9)
        assert told(network.check_collector(patient))["CLOCK"] == ("problem", Text.CLOCK_WRONG)


def test_a_collector_that_refuses_or_is_silent_is_told_apart(tmp_path: Path) -> None:
    with running_collector() as collector:
        collector.faults = [Fault(status=401)]
        found = told(network.check_collector(a_patient(tmp_path, collector.url)))
        assert found == {"TLS": ("ok", Text.TLS_NONE), "COLLECTOR": ("problem", Text.COLLECTOR_REFUSES)}
    (silent,) = network.check_collector(a_patient(tmp_path, collector.url))
    assert (silent.text, silent.letter) == (Text.COLLECTOR_SILENT, Text.LETTER_COLLECTOR)
    assert f"open TCP connections to localhost, port {collector.port}." in page([silent], translator("en"))


def test_servers_are_connected_to_and_a_closed_one_gives_a_letter(tmp_path: Path) -> None:
    with running_server() as server:
        found = told(network.check_servers(with_server(tmp_path, server.address)))
        assert found == {"SERVER": ("ok", Text.SERVER_FINE), "UDP": ("note", Text.UDP_QUIET)}
        with relay_to(server.address) as address:  # which has no UDP
            found = told(network.check_servers(with_server(tmp_path, address)))
            assert found == {"SERVER": ("ok", Text.SERVER_FINE), "UDP": ("problem", Text.UDP_BLOCKED)}
        address = server.address
    (closed,) = network.check_servers(with_server(tmp_path, address))
    assert (closed.status, closed.letter) == (Status.PROBLEM, Text.LETTER_OPEN)
    letter = page([closed], translator("ru")).splitlines()[-1]
    assert letter == (
        f"Просим разрешить устройству 127.0.0.1 соединения с 127.0.0.1, порт {address[1]}, по TCP и UDP, "
        "без прокси и без ограничения их скорости."
    )


def test_names_are_looked_up_and_a_proxy_is_connected_to(tmp_path: Path) -> None:
    assert told(network.check_dns(a_patient(tmp_path))) == {"DNS": ("note", Text.DNS_NO_NAMES)}
    assert told(network.check_dns(a_patient(tmp_path, "http://localhost:1"))) == {"DNS": ("ok", Text.DNS_FINE)}
    missing = a_patient(tmp_path, "http://localhost:1", proxy=Address("no-such-host.invalid", 3128))
    assert told(network.check_dns(missing)) == {"DNS": ("problem", Text.DNS_FAILS)}
    assert told(network.check_proxy(missing)) == {"PROXY": ("problem", Text.PROXY_SILENT)}
    with running_collector() as proxy:
        fine = a_patient(tmp_path, proxy=Address("127.0.0.1", proxy.port))
        assert told(network.check_proxy(fine)) == {"PROXY": ("ok", Text.PROXY_FINE)}
    assert told(network.check_proxy(a_patient(tmp_path))) == {"PROXY": ("ok", Text.PROXY_NONE)}


def test_a_device_without_identity_says_so_and_is_examined_all_the_same(tmp_path: Path) -> None:
    patient = examine(Settings(state_dir=tmp_path))
    (finding,) = device.check_enrolment(patient)
    assert (finding.status, finding.text, finding.todo) == (Status.PROBLEM, Text.NOT_ENROLLED, Text.ENROL)
    assert list(network.check_collector(patient)) == []
    assert told(network.check_servers(patient)) == {"SERVER": ("note", Text.SERVER_NONE)}
    assert told(device.check_enrolment(a_patient(tmp_path))) == {"ENROLMENT": ("ok", Text.ENROLLED)}
    (tmp_path / FILE).write_text("{")
    damaged = told(device.check_enrolment(examine(Settings(state_dir=tmp_path))))
    assert damaged == {"ENROLMENT": ("problem", Text.IDENTITY_UNUSABLE)}


def test_what_others_can_read_is_a_problem(tmp_path: Path) -> None:
    patient = a_patient(tmp_path)
    assert told(device.check_permissions(patient)) == {"PERMISSIONS": ("ok", Text.STATE_USABLE)}
    (tmp_path / FILE).chmod(0o640)
    assert told(device.check_permissions(patient)) == {"PERMISSIONS": ("problem", Text.STATE_OPEN)}
    absent = examine(Settings(state_dir=tmp_path / "absent"))
    assert told(device.check_permissions(absent)) == {"PERMISSIONS": ("note", Text.STATE_MISSING)}
    assert list(device.check_disk(absent)) == []


def test_a_disk_without_room_for_the_outbox_is_a_problem(tmp_path: Path) -> None:
    assert told(device.check_disk(a_patient(tmp_path, outbox_max_bytes=0))) == {"DISK": ("ok", Text.DISK_FREE)}
    huge = a_patient(tmp_path, outbox_max_bytes=10**18)
    assert told(device.check_disk(huge)) == {"DISK": ("problem", Text.DISK_FULL)}


def test_the_outbox_is_read_while_the_service_writes(tmp_path: Path) -> None:
    patient = a_patient(tmp_path)
    assert told(device.check_outbox(patient)) == {"OUTBOX": ("note", Text.OUTBOX_ABSENT)}
    outbox = an_outbox(tmp_path)
    outbox.append([a_draft(1)])
    (finding,) = device.check_outbox(patient)
    assert (finding.status, finding.fields["waiting"]) == (Status.OK, 1)
    outbox.close()
    (tmp_path / "outbox.db").write_bytes(b"garbage" * 1000)
    assert told(device.check_outbox(patient)) == {"OUTBOX": ("problem", Text.OUTBOX_BROKEN)}


@pytest.mark.parametrize(("mbps", "status"), [(99, "problem"), (101, "ok")])
def test_the_processor_has_to_keep_up_with_the_threshold(tmp_path: Path, mbps: int, status: str) -> None:
    ((_, (found, _)),) = told(machine.check_processor(a_patient(tmp_path), speed=lambda: mbps * 1e6)).items()
    assert found == status


def test_a_processor_is_measured_in_no_time() -> None:
    began = time.monotonic()
    assert machine.processor_bps(2_000_000) > 10e6
    assert time.monotonic() - began < 5.0


def test_small_buffers_and_a_missing_bbr_are_said_with_the_command_that_helps(tmp_path: Path) -> None:
    for folder, name, text in (("ipv4", "tcp_rmem", "4096 16384 200000"), ("core", "rmem_max", "212992")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_text(text + "\n", encoding="ascii")
    patient = a_patient(tmp_path)
    (small,) = machine.check_buffers(patient, proc=tmp_path)
    assert small.text is Text.BUFFERS_SMALL
    assert "net.ipv4.tcp_rmem='4096 131072 4194304'" in page([small], translator("en"))
    (tmp_path / "ipv4" / "tcp_rmem").write_text("4096 131072 6291456\n", encoding="ascii")
    assert told(machine.check_buffers(patient, proc=tmp_path)) == {"BUFFERS": ("ok", Text.BUFFERS_FINE)}
    assert list(machine.check_buffers(patient, proc=tmp_path / "none")) == []
    assert told(machine.check_congestion_control(patient, has_bbr=lambda: False))["CONGESTION"][0] == "problem"
    assert told(machine.check_congestion_control(patient, has_bbr=lambda: True))["CONGESTION"][0] == "ok"
