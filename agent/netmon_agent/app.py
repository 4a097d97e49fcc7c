"""The composition root: builds the agent out of its settings and its identity, and runs it."""

import contextlib
import os
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from netmon.domain.kinds import PathReadiness
from netmon.wire.timetable import ProbeTarget, Timetable
from netmon_agent.backoff import Backoff
from netmon_agent.boot_clock import BootClock, LastKnownTime
from netmon_agent.certificate_dates import CertificateDates
from netmon_agent.collector_time import CollectorTime
from netmon_agent.device_state import Device
from netmon_agent.errors import OutboxError
from netmon_agent.http_client import CollectorClient, Endpoint, Trust
from netmon_agent.identity import Identity
from netmon_agent.latency.carrier import has_link
from netmon_agent.latency.echo import ECHO_BYTES, is_permitted
from netmon_agent.latency.outage import OutageDetector
from netmon_agent.latency.prober import Prober
from netmon_agent.latency.resolve import Resolver, SocketAddress
from netmon_agent.latency.round import round_trips
from netmon_agent.latency.router import FirstRouter
from netmon_agent.latency.targets import targets_of
from netmon_agent.ledger import PROBE_BYTES, PROBES, MonthlyPurse, TrafficLedger
from netmon_agent.life import absence_after
from netmon_agent.notify import ServiceManager
from netmon_agent.outbox import Limits, Outbox
from netmon_agent.path.diagnosis import PathDiagnosis
from netmon_agent.ports import Meter, Organic, Say
from netmon_agent.runner import Place, SlotRunner
from netmon_agent.service import Link, Manager, Service
from netmon_agent.settings import Settings
from netmon_agent.timetable import TimetableCache, TimetableFeed
from netmon_agent.uplink import Uplink

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_FINISH_S = 1.0  # for the runner and the link, each
_LAST_UPLOAD_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the agent takes from its machine; tests bring their own."""

    clock: BootClock
    meter: Meter
    organic: Organic
    say: Say
    random: Callable[[], float] = lambda: int.from_bytes(os.urandom(6), "big") / 2**48
    boot: str = ""
    asleep_s: Callable[[], float] = lambda: 0.0
    path_diagnosis: PathReadiness = PathReadiness.LIBRARY_MISSING
    manager: Manager = field(default_factory=lambda: ServiceManager({}))


def boot_id(path: Path = _BOOT_ID) -> str:
    """What tells this boot from the last one; the monotonic clock starts anew with each. Empty where unknown."""
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError:
        return ""


class Agent:
    """Everything that runs, wired together."""

    def __init__(self, settings: Settings, identity: Identity, around: Surroundings) -> None:
        """Raises AgentError when the state folder cannot be used."""
        self._settings, self._around, self._say = settings, around, around.say
        self.service = Service(around.say)
        self._linking = self.service.worker("the link to the collector")
        self._probing = self.service.worker("the prober")
        self._running = self.service.worker("the runner")
        self._resolving = self.service.worker("the resolver")
        self._looking = self.service.worker("the path diagnosis")
        self._time = CollectorTime(around.clock)
        self._last_known = LastKnownTime(settings.state_dir)
        self._ledger = TrafficLedger(settings.state_dir, self._time)
        self._outbox = Outbox(
            settings.state_dir,
            clock=around.clock,
            time=self._time,
            boot=around.boot,
            say=around.say,
            limits=Limits(most_bytes=settings.outbox_max_bytes),
            appended=self._linking.wake,
        )
        self._note_absence()
        self._cache = TimetableCache(settings.state_dir, say=around.say)
        self._prober = self._make_prober()
        self._runner = self._make_runner()
        self._link = self._make_link(identity)
        self._probing.does(self._prober.step)
        self._running.does(self._runner.step)
        self._linking.does(self._say_and_hear)

    def _note_absence(self) -> None:
        """Say since when nobody watched, and why: it was no outage."""
        last, around = self._outbox.last_life, self._around
        if last is None:
            return
        try:
            self._outbox.append([absence_after(last, boot=around.boot, now=around.clock.now())])
        except OutboxError as error:
            self._say(f"the time before this start is not accounted for: {error}")

    def _make_prober(self) -> Prober:
        settings, clock = self._settings, self._around.clock
        resolver = Resolver(clock.monotonic, hurry=self._resolving.wake)
        self._resolving.does(resolver.step)
        neighbours = self._neighbours()
        return Prober(
            source=self._cache,
            targets=lambda timetable: targets_of(timetable, neighbours, settings.server_addresses),
            addresses=resolver,
            probe=self._probe,
            has_link=lambda timetable: has_link(settings.interface or timetable.interface),
            detector=OutageDetector(after_probes=settings.outages.after_probes, stretch_s=settings.outages.stretch_s),
            journal=self._outbox,
            clock=clock,
            say=self._say,
            recovered=self._line_is_back,
            router=FirstRouter(settings.gateway, settings.interface),
            collector_at=self._time.at,
            asleep_s=self._around.asleep_s,
        )

    def _neighbours(self) -> tuple[ProbeTarget, ...]:
        """The device's own targets, without those that take an ICMP echo where the kernel allows none."""
        has_echo = any(is_permitted(family) for family in (socket.AF_INET, socket.AF_INET6))
        usable = tuple(one for one in self._settings.neighbours if one.port or has_echo)
        if len(usable) < len(self._settings.neighbours):
            self._say("ICMP echo is not permitted here: neighbours without a port are not probed")
        return usable

    def _probe(self, places: Mapping[str, SocketAddress], timetable: Timetable, /) -> Mapping[str, float | None]:
        self._ledger.spend(PROBES, sum(PROBE_BYTES if port else ECHO_BYTES for _, (_, port) in places.values()))
        return round_trips(
            places,
            timeout_s=self._settings.probe_timeout_s,
            monotonic=self._around.clock.monotonic,
            interface=self._settings.interface or timetable.interface,
        )

    def _make_runner(self) -> SlotRunner:
        settings = self._settings
        return SlotRunner(
            source=self._cache,
            journal=self._outbox,
            meter=self._around.meter,
            measuring=self._measuring,
            place=Place(interface=settings.interface, server_addresses=settings.server_addresses),
            purse=MonthlyPurse(self._ledger, self._cache, settings.monthly_bytes),
            organic=self._around.organic,
            time=self._time,
            clock=self._around.clock,
            since=self._outbox.since,
            say=self._say,
            diagnose=self._make_diagnosis().after,
        )

    def _make_diagnosis(self) -> PathDiagnosis:
        diagnosis = PathDiagnosis(
            readiness=self._around.path_diagnosis,
            journal=self._outbox,
            clock=self._around.clock,
            say=self._say,
            spend=self._ledger.spend,
            asked=self._looking.wake,
        )
        self._looking.does(diagnosis.step)
        return diagnosis

    def _make_link(self, identity: Identity) -> Link:
        clock, draw = self._around.clock, self._around.random
        dates = CertificateDates(clock, self._time)
        client = CollectorClient(_endpoint(self._settings, identity), clock.monotonic, dates=dates)
        device = Device(
            settings=self._settings,
            path_diagnosis=self._around.path_diagnosis,
            outbox=self._outbox,
            ledger=self._ledger,
            source=self._cache,
            time=self._time,
            clock=clock,
        )
        feed = TimetableFeed(
            client=client,
            cache=self._cache,
            time=self._time,
            clock=clock,
            backoff=Backoff(draw),
            say=self._say,
            done=self._runner.done,
            adopted=self._timetable_adopted,
            headers=device.headers,
        )
        uplink = Uplink(
            outbox=self._outbox, client=client, time=self._time, clock=clock, backoff=Backoff(draw), say=self._say
        )
        return Link(feed, uplink)

    @contextlib.contextmanager
    def _measuring(self) -> Iterator[None]:
        """Our own traffic and probes keep out of the way of a measurement."""
        with self._link.hold(), self._prober.measuring():
            yield
        self._probing.wake()
        self._linking.wake()

    def _say_and_hear(self) -> float:
        wait_s = self._link.step()
        self._last_known.keep(self._time)
        return wait_s

    def _line_is_back(self) -> None:
        self._link.hurry()
        self._linking.wake()

    def _timetable_adopted(self) -> None:
        with contextlib.suppress(OutboxError):  # then with the next timetable
            self._outbox.forget_slots(self._cache.named_slots())
        self._running.wake()
        self._probing.wake()

    def run(self) -> int:
        """Run until told to stop, write what is known, try to upload it; answers the exit code."""
        self.service.run(self._around.manager)
        self.service.join([self._probing, self._running], _FINISH_S)
        self._prober.finish()
        self._ledger.save()
        if self._linking.join(_FINISH_S):
            self._try_to_upload()
        with contextlib.suppress(OutboxError):  # then the next start takes it for a sudden end
            self._outbox.end_life()
        self._say(f"stopped; {self._outbox.counts().waiting} records wait for the collector")
        return 3 if self.service.broken else 0

    def _try_to_upload(self) -> None:
        """In a thread that is left behind: a collector that answers a byte at a time must not hold us."""
        last = threading.Thread(target=self._link.last_try, args=(_LAST_UPLOAD_S,), daemon=True)
        last.start()
        last.join(_LAST_UPLOAD_S)


def _endpoint(settings: Settings, identity: Identity) -> Endpoint:
    return Endpoint(
        url=settings.collector or identity.collector,
        token=identity.token,
        trust=Trust(ca=identity.ca, ca_file=settings.ca_file),
        proxy=settings.proxy,
    )
