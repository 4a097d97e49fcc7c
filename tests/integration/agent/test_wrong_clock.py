"""TLS on a device whose clock starts in 1970: the chain is checked at once, the dates by the collector's time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from netmon_agent.address import CollectorUrl
from netmon_agent.boot_clock import RELEASED, BootClock
from netmon_agent.certificate_dates import CertificateDates
from netmon_agent.collector_time import CollectorTime
from netmon_agent.errors import CollectorError
from netmon_agent.http_client import CollectorClient, Endpoint, Trust
from tests.support.agent import FakeClock, a_timetable
from tests.support.certificates import Authority, an_authority
from tests.support.fake_collector import TOKEN, FakeCollector, running_collector

TIMETABLE = "/api/v1/agent/timetable"
EPOCH = datetime(1970, 1, 1, 0, 0, 40, tzinfo=UTC)
LONG = timedelta(days=400)


class Device:
    """An agent's client with the clock that it woke up with."""

    def __init__(self, authority: Authority, url: str, at: datetime = EPOCH, earliest: datetime = RELEASED) -> None:
        self.system = FakeClock(at)
        clock = BootClock(self.system, earliest=earliest)
        self.time = CollectorTime(clock)
        endpoint = Endpoint(
            url=CollectorUrl.parse(url, allow_plain_http=False), token=TOKEN, trust=Trust(ca=authority.pem)
        )
        dates = CertificateDates(clock, self.time)
        self.client = CollectorClient(endpoint, clock.monotonic, timeout_s=5.0, dates=dates)

    def ask(self) -> int:
        return self.client.get(TIMETABLE).status


def a_collector(authority: Authority) -> FakeCollector:
    collector = FakeCollector()
    collector.ca = authority.pem.encode()
    return collector


def refusal(ask: Callable[[], object]) -> str:
    with pytest.raises(CollectorError) as caught:
        ask()
    return str(caught.value)


def tokens(collector: FakeCollector) -> int:
    return sum("authorization" in one.headers for one in collector.asked)


def test_a_device_in_1970_reaches_a_collector_that_is_who_it_should_be(tmp_path: Path) -> None:
    authority = an_authority(tmp_path)
    with running_collector(a_collector(authority), tls=authority.server) as collector:
        collector.timetable = a_timetable()
        device = Device(authority, collector.url)
        assert device.ask() == 200
        known = device.time.at(device.system.monotonic())
        assert known is not None
        assert abs(known - collector.now()) < timedelta(seconds=30)
        assert [one.path for one in collector.asked] == ["/healthz", TIMETABLE], "the time first, without the token"
        assert tokens(collector) == 1
        assert device.ask() == 200
        assert len(collector.asked) == 3, "and then the time is known"


@pytest.mark.parametrize(
    ("shift", "message"), [(-LONG, "its certificate has expired"), (LONG, "its certificate is not yet valid")]
)
@pytest.mark.parametrize("whose", ["at", "ca_at"])
def test_a_certificate_that_is_not_valid_by_the_collectors_time_gets_no_token(
    tmp_path: Path, shift: timedelta, message: str, whose: str
) -> None:
    authority = an_authority(tmp_path, **{whose: datetime.now(UTC) + shift})  # type: ignore[arg-type]
    with running_collector(a_collector(authority), tls=authority.server) as collector:
        device = Device(authority, collector.url)
        assert message in refusal(device.ask)
        assert not device.time.is_known
        assert tokens(collector) == 0


def test_a_stranger_is_refused_whatever_the_clock_says(tmp_path: Path) -> None:
    known, stranger = an_authority(tmp_path), an_authority(tmp_path)
    with running_collector(a_collector(stranger), tls=stranger.server) as collector:
        assert "is not trusted" in refusal(Device(known, collector.url).ask)
        assert collector.asked == []


def test_an_old_certificate_is_not_made_valid_by_telling_an_old_time(tmp_path: Path) -> None:
    then = datetime.now(UTC) - LONG
    authority = an_authority(tmp_path, at=then, ca_at=then)
    with running_collector(a_collector(authority), tls=authority.server) as collector:
        collector.clock_ahead = -LONG
        device = Device(authority, collector.url, earliest=datetime.now(UTC) - timedelta(days=7))
        assert "which is in the past" in refusal(device.ask)
        assert tokens(collector) == 0


def test_a_plausible_clock_judges_by_itself(tmp_path: Path) -> None:
    authority = an_authority(tmp_path, at=datetime.now(UTC) - LONG)
    with running_collector(a_collector(authority), tls=authority.server) as collector:
        device = Device(authority, collector.url, at=datetime.now(UTC))
        assert "certificate has expired" in refusal(device.ask)
        assert collector.asked == []
