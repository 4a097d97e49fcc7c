"""One test a reason that the agent itself gives, brought about by a real agent with real sockets and real files."""

import contextlib
import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from netmon.domain.identifiers import LineId
from netmon.domain.latency import OutageCause
from netmon.domain.slot import SlotReason
from netmon.wire.bodies import OutageBody
from netmon.wire.records import RecordKind
from netmon.wire.timetable import PlannedSlot, ProbeTarget
from netmon_agent.outbox_copy import copied
from netmon_agent.timetable import TimetableCache
from tests.lab.namespaces import Namespace
from tests.support.agent import a_slot, an_offer
from tests.support.agent_process import quick_timetable, running_agent, write_settings
from tests.support.fake_collector import FakeCollector, running_collector
from tests.support.waiting import wait_until

SOON_S = 1.0


def a_slot_at(at: datetime, name: str = "slot-1", length_s: float = 1.5, **changes: object) -> PlannedSlot:
    return a_slot(name, starts_at=at, ends_at=at + timedelta(seconds=length_s), **changes)  # type: ignore[arg-type]


def accounts(collector: FakeCollector) -> dict[object, object]:
    return {one.body["slot"]: one.body["reason"] for one in collector.of_kind(RecordKind.SLOT)}


@contextlib.contextmanager
def a_silent_server() -> Iterator[int]:
    """A measurement server that takes connections and never says a word."""
    with a_live_address() as (_, port):
        yield port


def test_agent_off(tmp_path: Path) -> None:
    with running_collector() as collector:
        settings = write_settings(tmp_path, collector.url)
        collector.timetable = quick_timetable()
        cache = tmp_path / "state" / "timetable.json"
        with running_agent(settings) as agent:
            wait_until(cache.exists)
            slot = a_slot_at(collector.now() + timedelta(seconds=4), length_s=0.5)
            collector.timetable = quick_timetable(slot)
            wait_until(lambda: slot.id in cache.read_text())
            agent.process.kill()
        over = slot.ends_at + timedelta(seconds=1)  # a Date header is cut to the second
        wait_until(lambda: collector.now() > over)
        collector.timetable = quick_timetable()  # the collector no longer names what has passed
        with running_agent(settings):
            collector.wait_for(lambda: accounts(collector) == {"slot-1": SlotReason.AGENT_OFF.value})


def test_overrun(tmp_path: Path) -> None:
    with running_collector() as collector, a_silent_server() as port:
        start = collector.now() + timedelta(seconds=SOON_S)
        offers = (an_offer(host="127.0.0.1", port=port),)
        collector.timetable = quick_timetable(
            a_slot_at(start, "long", 60, offers=offers),
            a_slot_at(start + timedelta(seconds=1), "within", 1, offers=offers),
        )
        with running_agent(write_settings(tmp_path, collector.url)):
            collector.wait_for(lambda: accounts(collector) == {"long": None, "within": SlotReason.OVERRUN.value})


def test_no_ticket(tmp_path: Path) -> None:
    with running_collector() as collector:
        start = collector.now() + timedelta(seconds=SOON_S)
        collector.timetable = quick_timetable(
            a_slot_at(start, "none", offers=()),
            a_slot_at(start, "another-lines", offers=(an_offer(line=LineId("line-2")),)),
        )
        with running_agent(write_settings(tmp_path, collector.url)):
            reason = SlotReason.NO_TICKET.value
            collector.wait_for(lambda: accounts(collector) == {"none": reason, "another-lines": reason})


def test_budget(tmp_path: Path) -> None:
    with running_collector() as collector:
        collector.timetable = quick_timetable(a_slot_at(collector.now() + timedelta(seconds=SOON_S)))
        with running_agent(write_settings(tmp_path, collector.url, "traffic: {monthly_gb: 0}\n")):
            collector.wait_for(lambda: accounts(collector) == {"slot-1": SlotReason.BUDGET.value})


EXTRA = """
outages: {after_probes: 2, stretch_s: 2}
probes: {timeout_s: 0.3, neighbours: [{name: neighbour, address: "%s"}]}
"""


@contextlib.contextmanager
def a_dead_address() -> Iterator[tuple[str, int]]:
    """An address from which nothing comes back: its queue is full, and the kernel drops what comes in."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server, socket.create_connection(server.getsockname()):
        yield server.getsockname()


@contextlib.contextmanager
def a_live_address() -> Iterator[tuple[str, int]]:
    with socket.create_server(("127.0.0.1", 0), backlog=100) as server:
        yield server.getsockname()


def causes(collector: FakeCollector) -> set[OutageCause]:
    return {OutageBody.read(one.body).cause for one in collector.of_kind(RecordKind.OUTAGE)}


def watch(
    folder: Path, server: tuple[str, int], neighbour: tuple[str, int], cause: OutageCause, extra: str = ""
) -> None:
    """Run an agent beside these two until it reports this cause, and no other."""
    with running_collector() as collector:
        target = ProbeTarget(name="server-1", host=server[0], port=server[1])
        collector.timetable = quick_timetable(targets=(target,))
        settings = write_settings(folder, collector.url, EXTRA % f"{neighbour[0]}:{neighbour[1]}" + extra)
        with running_agent(settings):
            collector.wait_for(lambda: cause in causes(collector))
        assert causes(collector) == {cause}


def test_provider(tmp_path: Path) -> None:
    with a_dead_address() as server, a_dead_address() as neighbour:
        watch(tmp_path, server, neighbour, OutageCause.PROVIDER)


def test_beyond(tmp_path: Path) -> None:
    with a_dead_address() as server, a_live_address() as neighbour:
        watch(tmp_path, server, neighbour, OutageCause.BEYOND)


def test_nic(tmp_path: Path) -> None:
    with a_dead_address() as server, a_dead_address() as neighbour:
        watch(tmp_path, server, neighbour, OutageCause.NIC, extra="interface: netmon-none\n")


@pytest.mark.needs("netns")
def test_gateway(tmp_path: Path) -> None:
    target = ProbeTarget(name="server-1", host="10.9.2.1", port=8377)
    settings = write_settings(tmp_path, "http://10.9.2.1:1", "probes: {timeout_s: 0.3, gateway: school}\n")
    with settings.open("a") as more:
        more.write("outages: {after_probes: 2, stretch_s: 2}\n")
    cache = TimetableCache(tmp_path / "state", say=lambda _: None)
    cache.adopt(quick_timetable(targets=(target,)), etag=None, now=datetime.now(UTC), done=())
    with Namespace() as device, Namespace(device) as router:
        device.ip(f"link add lan0 type veth peer name lan1 netns {router.pid}")
        for namespace, name, host in ((device, "lan0", 2), (router, "lan1", 1)):
            namespace.ip(f"addr add 10.9.1.{host}/24 dev {name}")
            namespace.ip(f"link set {name} up")
        device.ip("route add default via 10.9.1.1")
        with running_agent(settings, *device.command()) as agent:
            wait_until(lambda: "outage: provider" in agent.said())  # the router is there and leads nowhere
            router.ip("addr flush dev lan1")
            wait_until(lambda: OutageCause.GATEWAY in causes_in(tmp_path / "state"))


def causes_in(state: Path) -> set[OutageCause]:
    with copied(state) as database:
        rows = database.execute("SELECT body FROM records WHERE kind = 'outage'").fetchall()
    return {OutageBody.read(json.loads(body)).cause for (body,) in rows}


def test_an_outage_ends_with_the_first_answer_and_is_reported_whole(tmp_path: Path) -> None:
    with running_collector() as collector, socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        host, port = server.getsockname()
        collector.timetable = quick_timetable(targets=(ProbeTarget(name="server-1", host=host, port=port),))
        extra = "outages: {after_probes: 2}\nprobes: {timeout_s: 0.3}\n"
        with (
            socket.create_connection((host, port)),
            running_agent(write_settings(tmp_path, collector.url, extra)) as agent,
        ):
            wait_until(lambda: "outage: provider" in agent.said())
            server.listen(100)  # it answers again
            collector.wait_for(lambda: bool(collector.of_kind(RecordKind.OUTAGE)))
            wait_until(lambda: "the outage is over" in agent.said())
    outages = [OutageBody.read(one.body) for one in collector.of_kind(RecordKind.OUTAGE)]
    assert [(one.cause, one.since) for one in outages] == [(OutageCause.PROVIDER, outages[0].started_at)]


def test_every_reason_and_cause_has_its_test() -> None:
    tests = {name.removeprefix("test_") for name in globals() if name.startswith("test_")}
    assert {reason.value for reason in SlotReason} | {cause.value for cause in OutageCause} <= tests
