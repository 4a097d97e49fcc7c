"""The store: every part over one database."""

from netmon_collector.storage.accounts import AccountsPart
from netmon_collector.storage.api_tokens import ApiTokensPart
from netmon_collector.storage.audit import AuditPart
from netmon_collector.storage.closings import ClosingsPart
from netmon_collector.storage.days import DaysPart
from netmon_collector.storage.devices import DevicesPart
from netmon_collector.storage.documents import DocumentsPart
from netmon_collector.storage.entries import EntriesPart
from netmon_collector.storage.evidence import EvidencePart
from netmon_collector.storage.fleet import FleetPart
from netmon_collector.storage.identity import IdentityPart
from netmon_collector.storage.imports import ImportsPart
from netmon_collector.storage.leases import LeasesPart
from netmon_collector.storage.line_facts import LineFactsPart
from netmon_collector.storage.mails import MailsPart
from netmon_collector.storage.packs import PacksPart
from netmon_collector.storage.planning import PlanningPart
from netmon_collector.storage.records import RecordsPart
from netmon_collector.storage.retention import RetentionPart
from netmon_collector.storage.sessions import SessionsPart


class SqlStore(
    AccountsPart,
    ApiTokensPart,
    AuditPart,
    ClosingsPart,
    DaysPart,
    DevicesPart,
    DocumentsPart,
    EntriesPart,
    EvidencePart,
    FleetPart,
    IdentityPart,
    ImportsPart,
    LeasesPart,
    LineFactsPart,
    MailsPart,
    PacksPart,
    PlanningPart,
    RecordsPart,
    RetentionPart,
    SessionsPart,
):
    """Implements netmon_collector.ports.Store; each call is one transaction. Raises StoreError."""
