"""The enrolment sheet: one printed page with everything that turns a new device into the agent of one line."""

import shlex
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from netmon.domain.registry import Registry
from netmon_collector.ports import CodeGrant
from netmon_collector.wording.figures import moment_text
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import phrasebook

_FOLDER = Path(__file__).parent
_STATE = "/var/lib/netmon-agent"  # where the package's service keeps it
_AS_SERVICE = ("runuser", "-u", "netmon", "--")  # whose folder that is
_LONG_NAME = 90
_GROUP, _GROUPS_A_ROW = 4, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentSheet:
    """What is printed, in the reader's words. `ca_sha256` is None where devices know the collector's CA anyway."""

    line: str
    organisations: tuple[str, ...]
    address: str
    provider: str | None
    interface: str | None
    code: str
    expires: str
    collector: str
    ca_sha256: str | None

    @property
    def has_long_name(self) -> bool:
        return sum(map(len, self.organisations)) > _LONG_NAME

    @property
    def words(self) -> tuple[str, ...]:
        """The command that enrols the device, as it is typed; no word of it may be torn apart."""
        words = [*_AS_SERVICE, "netmon-agent", "enrol", "--collector", self.collector, "--code", self.code]
        if self.ca_sha256 is not None:
            words += ["--ca-sha256", self.ca_sha256]
        if not self.collector.startswith("https://"):
            words.append("--allow-plain-http")
        return tuple(map(shlex.quote, [*words, "--state", _STATE]))

    @property
    def fingerprint_rows(self) -> tuple[str, ...]:
        """The fingerprint in groups that people can compare."""
        digits = self.ca_sha256 or ""
        groups = [digits[start : start + _GROUP] for start in range(0, len(digits), _GROUP)]
        return tuple(" ".join(groups[at : at + _GROUPS_A_ROW]) for at in range(0, len(groups), _GROUPS_A_ROW))


def enrolment_sheet(
    code: str,
    grant: CodeGrant,
    *,
    registry: Registry,
    collector: str,
    ca_sha256: str | None,
    language: Language,
) -> EnrolmentSheet:
    """The sheet of a code that was just granted; `collector` is the address that devices reach it by."""
    line, zone = registry.line_by_id[grant.line], registry.time_zone(grant.line)
    day = grant.created_at.astimezone(zone).date()
    contract = line.contract_at(day)
    providers = {one.id: one for one in registry.providers}
    return EnrolmentSheet(
        line=line.id,
        organisations=tuple(
            registry.organisation_by_id[one].name.in_language(language)
            for one in registry.organisations_of(line.id, day)
        ),
        address=registry.site_by_id[line.site].address.in_language(language),
        provider=None if contract is None else providers[contract.provider].name.in_language(language),
        interface=line.interface,
        code=code,
        expires=moment_text(grant.expires_at, zone, language),
        collector=collector,
        ca_sha256=ca_sha256,
    )


def sheet_pdf(sheet: EnrolmentSheet, language: Language) -> bytes:
    """The sheet to print. Raises FontError."""
    templates = Environment(loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined)
    html = templates.get_template("enrolment_sheet.html").render(
        sheet=sheet, language=language.value, say=phrasebook(language).say
    )
    from netmon_collector.report.paper import paper  # noqa: PLC0415 - loading WeasyPrint takes a third of a second

    return paper(html, (_FOLDER / "enrolment_sheet.css").read_text(encoding="utf-8"))
