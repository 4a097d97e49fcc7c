"""The word of each member of a closed set, in both languages; one table a set, a test keeps them complete."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from netmon.domain.absence import AbsenceCause
from netmon.domain.latency import OutageCause
from netmon.domain.measurement import Decision, Direction, Flag, Mode, Path, Reason, ReceiptState, ResultKind
from netmon.domain.path_diagnosis import PathOutcome, PathReadiness, PathTrigger
from netmon.domain.registry import LineRole, LocalityType
from netmon.domain.roadmap import ActivityKind, DocumentKind
from netmon.domain.roadmap_state import ActivityStatus, ResultStatus
from netmon.domain.slot import ExclusionReason, FailCause, Outcome, SlotReason
from netmon.domain.verdict import Basis, Finding, SubjectKind, VerdictOutcome
from netmon.wire.records import AnswerResult, Note
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import N_, phrasebook

# Keyed by type first: members of two sets may share a value, and as strings they are equal.
WORDS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    VerdictOutcome: {
        VerdictOutcome.COMPLIANT: N_("Complies"),
        VerdictOutcome.NON_COMPLIANT: N_("Does not comply"),
        VerdictOutcome.INSUFFICIENT_DATA: N_("Not enough data"),
        VerdictOutcome.UNMEASURABLE: N_("Could not be measured"),
        VerdictOutcome.EXEMPT: N_("Exempt"),
    },
    Basis: {
        Basis.SHARE_MET: N_("enough measurements reach the limit"),
        Basis.SHARE_NOT_MET: N_("too few measurements reach the limit"),
        Basis.NO_SLOTS: N_("nothing was planned"),
        Basis.TOO_FEW_DECIDED: N_("too few counted measurements"),
        Basis.TOO_FEW_DAYS: N_("counted measurements on too few days"),
        Basis.TOO_MANY_EXCLUDED: N_("too many measurements not counted"),
        Basis.WITHHELD: N_("missing measurements could turn the verdict"),
        Basis.CEILINGS: N_("the equipment, not the line, was the limit"),
        Basis.MEDIAN_MET: N_("the median of the full estimates reaches the limit"),
        Basis.MEDIAN_NOT_MET: N_("the median of the full estimates is below the limit"),
        Basis.MEDIAN_WITHHELD: N_("missing full estimates could turn the verdict"),
        Basis.TOO_FEW_ESTIMATES: N_("too few full estimates"),
        Basis.AVAILABILITY_NOT_MET: N_("the line was down for too long"),
        Basis.AVAILABILITY_UNKNOWN: N_("too little is known of whether the line was up"),
        Basis.SUSTAINED_NOT_MET: N_("the sustained rate is below the limit"),
        Basis.SUSTAINED_MISSING: N_("no valid sustained test"),
        Basis.THROTTLED: N_("the rate falls and stays below the limit"),
        Basis.THROTTLING_WITHHELD: N_("days without data could hide a lasting fall of the rate"),
        Basis.PARTS: N_("by its lines and buildings"),
        Basis.NO_PARTS: N_("nothing to judge"),
        Basis.EXEMPTION: N_("exempt by a document"),
    },
    Finding: {
        Finding.UNAVAILABLE: N_("outages beyond what is allowed"),
        Finding.BURST: N_("the rate holds for the first seconds only"),
        Finding.SUSTAINED_BELOW: N_("the sustained rate is too low"),
        Finding.THROTTLED: N_("throttling: a lasting fall of the rate"),
    },
    ExclusionReason: {
        ExclusionReason.AGENT_OFF: N_("no data from the agent"),
        ExclusionReason.SERVER_UNREACHABLE: N_("the measurement server did not answer"),
        ExclusionReason.SERVER_REFUSED: N_("the measurement server refused"),
        ExclusionReason.UNDECIDED: N_("the figures do not decide"),
        ExclusionReason.UNPROVEN: N_("below the limit, but unproven that the line was to blame"),
        ExclusionReason.LOWER_BOUND: N_("only a lower bound under the limit is known"),
        ExclusionReason.METER_CEILING: N_("the agent's device was too slow"),
        ExclusionReason.SERVER_CEILING: N_("the measurement server was too slow"),
        ExclusionReason.FILTERED_PATH: N_("measured through a filtering proxy"),
        ExclusionReason.RECEIPT: N_("no valid receipt of the measurement server"),
        ExclusionReason.CLOCK: N_("the time of the measurement is uncertain"),
        ExclusionReason.EMULATED: N_("measured on an emulated line"),
        ExclusionReason.LOCALITY_UNKNOWN: N_("the type of the locality is not in the registry"),
        ExclusionReason.BUDGET: N_("the agent's traffic of the month was used up"),
        ExclusionReason.ORGANIC: N_("users' own traffic beyond its part of the day"),
    },
    Note: {
        Note.MALFORMED: N_("not a record"),
        Note.UNBOUND: N_("the agent was bound to no line at that time"),
        Note.CLOCK_UNKNOWN: N_("the agent's clock was not set"),
        Note.FROM_THE_FUTURE: N_("the agent's clock was ahead"),
        Note.RECEIPT_ABSENT: N_("no receipt"),
        Note.RECEIPT_INVALID: N_("the receipt is not valid"),
    },
    AnswerResult: {
        AnswerResult.STORED: N_("stored"),
        AnswerResult.DUPLICATE: N_("known already"),
        AnswerResult.CONFLICT: N_("contradicts a stored record"),
        AnswerResult.REJECTED: N_("rejected"),
        AnswerResult.LATER: N_("to be sent again"),
    },
    Reason: {
        Reason.SERVER_UNREACHABLE: N_("the measurement server did not answer"),
        Reason.SERVER_STALLED: N_("the measurement server stopped answering"),
        Reason.CONNECTION_LOST: N_("the connection broke"),
        Reason.PROTOCOL_ERROR: N_("the measurement server answered in another protocol"),
        Reason.TICKET_EXPIRED: N_("the ticket has expired"),
        Reason.TICKET_NOT_YET_VALID: N_("the ticket is not valid yet"),
        Reason.TICKET_REUSED: N_("the ticket was used before"),
        Reason.TICKET_FORGED: N_("the ticket's signature is wrong"),
        Reason.TICKET_WRONG_SERVER: N_("the ticket is for another server"),
        Reason.TICKET_MALFORMED: N_("not a ticket"),
        Reason.SERVER_RESTARTED: N_("the measurement server was restarted"),
        Reason.SERVER_BUSY: N_("the measurement server was busy"),
        Reason.METER_CPU: N_("the processor of the agent's device was the limit"),
        Reason.METER_NIC: N_("the network card of the agent's device was the limit"),
        Reason.SENDER_LIMITED: N_("the sender was the limit"),
        Reason.TOO_SHORT: N_("the measurement was too short"),
        Reason.NOT_CONVERGED: N_("the rate did not settle"),
        Reason.BORDERLINE: N_("too close to the limit"),
        Reason.NO_BBR_WITH_LOSS: N_("packet loss without a congestion control that bears it"),
        Reason.BYTE_CAP: N_("the allowed volume was used up"),
        Reason.METHOD_MISSING: N_("the program of this method is not installed"),
        Reason.ORGANIC: N_("users' own traffic, no test"),
        Reason.INTERFACE_GONE: N_("the network interface was gone"),
    },
    SlotReason: {
        SlotReason.AGENT_OFF: N_("the agent was off"),
        SlotReason.OVERRUN: N_("an earlier measurement took the time"),
        SlotReason.NO_TICKET: N_("there was no ticket"),
        SlotReason.BUDGET: N_("the month's traffic for measurements was used up"),
    },
    Flag: {
        Flag.BACKGROUND_SEEN: N_("other traffic on the line"),
        Flag.NO_WAN_COUNTERS: N_("other traffic could not be counted"),
        Flag.LOSS_SEEN: N_("packet loss"),
        Flag.EMULATED_LINE: N_("emulated line"),
    },
    OutageCause: {
        OutageCause.NIC: N_("no link at the agent's device"),
        OutageCause.GATEWAY: N_("the school's own router did not answer"),
        OutageCause.PROVIDER: N_("the provider's line was down"),
        OutageCause.BEYOND: N_("the network beyond the provider's line"),
    },
    AbsenceCause: {
        AbsenceCause.POWER_LOSS: N_("power loss"),
        AbsenceCause.REBOOT: N_("reboot of the device"),
        AbsenceCause.KILLED: N_("the agent ended without warning"),
        AbsenceCause.STOPPED: N_("the agent was stopped"),
        AbsenceCause.SLEEP: N_("the device slept"),
        AbsenceCause.PAUSED: N_("the agent did not get to run"),
    },
    PathTrigger: {
        PathTrigger.BELOW: N_("a rate below the limit"),
        PathTrigger.NO_RESULT: N_("a measurement without a result"),
    },
    PathOutcome: {
        PathOutcome.TRACED: N_("traced"),
        PathOutcome.TIMED_OUT: N_("given up: it took too long"),
        PathOutcome.FAILED: N_("could not be traced"),
    },
    PathReadiness: {
        PathReadiness.READY: N_("ready"),
        PathReadiness.LIBRARY_MISSING: N_("the path extra is not installed"),
        PathReadiness.NOT_PERMITTED: N_("no permission for raw sockets"),
    },
    LocalityType: {
        LocalityType.CITY: N_("city"),
        LocalityType.URBAN_SETTLEMENT: N_("urban-type settlement"),
        LocalityType.RURAL: N_("rural locality"),
    },
    LineRole: {
        LineRole.MAIN: N_("main"),
        LineRole.BACKUP: N_("backup"),
    },
    Direction: {
        Direction.DOWN: N_("download"),
        Direction.UP: N_("upload"),
    },
    Mode: {
        Mode.DECISION: N_("threshold test"),
        Mode.ESTIMATE: N_("full estimate"),
        Mode.SUSTAINED: N_("sustained rate"),
    },
    ResultStatus: {
        ResultStatus.MET: N_("met"),
        ResultStatus.NOT_MET: N_("not met"),
        ResultStatus.NO_FACT: N_("no data"),
    },
    ActivityStatus: {
        ActivityStatus.DONE: N_("done"),
        ActivityStatus.UPCOMING: N_("upcoming"),
        ActivityStatus.DUE: N_("due"),
        ActivityStatus.OVERDUE: N_("overdue"),
        ActivityStatus.ARCHIVED: N_("archived"),
    },
    ActivityKind: {
        ActivityKind.RESULT: N_("result"),
        ActivityKind.CONTROL_POINT: N_("control point"),
        ActivityKind.ACTIVITY: N_("activity"),
    },
    DocumentKind: {
        DocumentKind.OUTGOING_LETTER: N_("outgoing letter"),
        DocumentKind.MEETING_DECISION: N_("meeting decision"),
        DocumentKind.ANALYTICAL_NOTE: N_("analytical note"),
    },
    Outcome: {
        Outcome.PASS: N_("at the limit or above"),
        Outcome.FAIL: N_("below the limit"),
        Outcome.EXCLUDED: N_("not counted"),
    },
    FailCause: {
        FailCause.BELOW_LIMIT: N_("the rate is below the limit"),
        FailCause.LINE_DOWN: N_("the line was down"),
    },
    ResultKind: {
        ResultKind.RATE: N_("a rate"),
        ResultKind.LOWER_BOUND: N_("a lower bound"),
        ResultKind.NONE: N_("no figure"),
    },
    Decision: {
        Decision.AT_LEAST: N_("reaches the limit"),
        Decision.BELOW: N_("does not reach the limit"),
        Decision.UNDECIDED: N_("undecided"),
    },
    Path: {
        Path.DIRECT: N_("direct"),
        Path.PROXIED: N_("through a filtering proxy"),
        Path.UNKNOWN: N_("not known"),
    },
    ReceiptState: {
        ReceiptState.VALID: N_("valid"),
        ReceiptState.ABSENT: N_("absent"),
        ReceiptState.INVALID: N_("not valid"),
    },
    SubjectKind: {
        SubjectKind.LINE: N_("line"),
        SubjectKind.SITE: N_("building"),
        SubjectKind.ORGANISATION: N_("organisation"),
    },
}


def word(member: StrEnum, language: Language) -> str:
    """The word of a member of any set in the table."""
    return phrasebook(language).say(WORDS[type(member)][member])


def verdict_word(outcome: VerdictOutcome, language: Language) -> str:
    return word(outcome, language)


def findings_text(findings: Iterable[Finding], language: Language) -> str:
    """What was found beside the share, in one phrase; empty for nothing."""
    return "; ".join(word(one, language) for one in findings)


def reason_word(exclusion: ExclusionReason, language: Language) -> str:
    """Why a slot was not counted."""
    return word(exclusion, language)
