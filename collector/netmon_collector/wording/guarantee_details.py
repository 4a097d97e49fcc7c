"""The numbers of guaranteed traffic and of the contract behind a line's verdict, a sentence each."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from netmon.domain.estimates import ContractFigures
from netmon.domain.throttling import Volume
from netmon.domain.verdict import Basis
from netmon_collector.wording.figures import (
    capitalised,
    duration_text,
    exact_rate_text,
    money_text,
    percent_text,
    rate_text,
    share_text,
    volume_text,
)
from netmon_collector.wording.guarantee_reasons import fall_text
from netmon_collector.wording.line_case import LineCase
from netmon_collector.wording.words import findings_text


def guarantee_details(case: LineCase) -> Iterator[str]:
    """Every sentence that has something to say."""
    for sentence in _SENTENCES:
        text = sentence(case)
        if text is not None:
            yield text
    for contract in case.figures.contracts:
        yield from _contract(case, contract)


def _found(case: LineCase) -> str | None:
    """The findings by their names."""
    if not case.figures.findings:
        return None
    return case.book.say("Found: {findings}.", findings=findings_text(case.figures.findings, case.book.language))


def _availability(case: LineCase) -> str | None:
    found, language = case.figures.availability, case.book.language
    if found is None or found.known == timedelta() or case.basis is Basis.AVAILABILITY_NOT_MET:
        return None
    return case.book.say(
        "The line was up for {percent} of the known working time (down for {down} of {known}).",
        percent=share_text(found.up, found.known, language),
        down=duration_text(found.down, language),
        known=duration_text(found.known, language),
    )


def _known(case: LineCase) -> str | None:
    found, language = case.figures.availability, case.book.language
    if found is None or found.known == timedelta() or case.basis is Basis.AVAILABILITY_UNKNOWN:
        return None
    return case.book.say(
        "Known is {percent} of {working} of working time.",
        percent=share_text(found.known, found.working, language),
        working=duration_text(found.working, language),
    )


def _outages(case: LineCase) -> str | None:
    found = case.figures.availability
    if found is None or found.outages == 0:
        return None
    return case.book.plural(
        "{n} outage in working hours, the longest {longest}.",
        "{n} outages in working hours, the longest {longest}.",
        found.outages,
        longest=duration_text(found.longest, case.book.language),
    )


def _sustained(case: LineCase) -> str | None:
    found = case.figures.sustained
    if found is None or found.passed + found.failed == 0:
        return None
    return case.book.say(
        "Sustained tests: at or above the limit – {passed}, below – {failed}.",
        passed=found.passed,
        failed=found.failed,
    )


def _lowest(case: LineCase) -> str | None:
    found = case.figures.sustained
    if found is None or found.worst_bps is None or case.basis is Basis.SUSTAINED_NOT_MET:
        return None
    return case.book.say("Lowest sustained rate: {rate}.", rate=rate_text(found.worst_bps, case.book.language))


def _fall(case: LineCase) -> str | None:
    fall = case.figures.fall
    if fall is None or case.basis is Basis.THROTTLED:
        return None
    return case.book.say("{sentence}.", sentence=capitalised(fall_text(case, fall)))


def _volume(case: LineCase) -> str | None:
    fall = case.figures.fall
    if fall is None or fall.volume is None:
        return None
    volume, language = fall.volume, case.book.language
    if volume.others_bytes is None or volume.background_bps is None:
        return case.book.say(
            "Before the fall, measurements themselves took {own} of the month's volume; other traffic could not be "
            "counted.",
            own=volume_text(volume.own_bytes, language),
        )
    return _known_volume(case, volume, volume.background_bps, volume.others_bytes)


def _known_volume(case: LineCase, volume: Volume, background_bps: int, others_bytes: int) -> str:
    language = case.book.language
    return case.book.say(
        "Before the fall, about {total} of the month went over the line in working hours: {others} of other traffic "
        "({mean} on average in {samples}, over {working} of working time) and {own} of measurements.",
        total=volume_text(volume.total_bytes, language),
        others=volume_text(others_bytes, language),
        mean=rate_text(background_bps, language),
        samples=case.book.plural("{n} measurement", "{n} measurements", volume.samples),
        working=duration_text(volume.working, language),
        own=volume_text(volume.own_bytes, language),
    )


_SENTENCES: Sequence[Callable[[LineCase], str | None]] = (
    _found,
    _availability,
    _known,
    _outages,
    _sustained,
    _lowest,
    _fall,
    _volume,
)


def _contract(case: LineCase, contract: ContractFigures) -> Iterator[str]:
    """What was bought beside what was measured; it decides nothing."""
    language = case.book.language
    if contract.median_bps is None or contract.measured_percent is None:
        return
    yield case.book.say(
        "Contract {number}: {rate}; measured: {median}, or {percent} of it (median of {estimates}).",
        number=contract.number,
        rate=exact_rate_text(contract.rate_bps, language),
        median=rate_text(contract.median_bps, language),
        percent=percent_text(contract.measured_percent, language),
        estimates=case.book.plural("{n} full estimate", "{n} full estimates", contract.estimates),
    )
    bought, measured = contract.contracted_rub_per_mbps, contract.measured_rub_per_mbps
    if bought is not None and measured is not None:
        yield case.book.say(
            "1 Mb/s costs {bought} a month by contract, {measured} as measured.",
            bought=money_text(bought, language),
            measured=money_text(measured, language),
        )
