"""What a receipt proves about the measurement that carries it (D2)."""

from collections.abc import Mapping

from netmon.domain.identifiers import ServerId
from netmon.errors import WireError
from netmon.wire.bodies import MeasurementBody
from netmon.wire.receipt import Receipt, Verifier, verify_receipt
from netmon_collector.use_cases.tickets import ticket_id

Verifiers = Mapping[ServerId, Verifier]
_MOST_OVERHEAD = 1.25  # headers, and what was on its way when the server stopped counting
_SLACK_BYTES = 256 * 1024
_MOST_OVER_MEAN = 3.0


def authentic_receipt(body: MeasurementBody, verifiers: Verifiers) -> Receipt | None:
    """The receipt of a measurement, when its server signed it for this very session; its line is still to compare."""
    verifier = verifiers.get(body.server)
    if body.receipt is None or verifier is None:
        return None
    try:
        receipt = verify_receipt(body.receipt, verifier)
    except WireError:
        return None
    session = (receipt.server, receipt.direction, receipt.mode)
    if session != (body.server, body.direction, body.mode):
        return None
    if body.slot is not None and receipt.ticket != ticket_id(body.slot, body.server):
        return None
    return receipt if accounts_for(receipt, body) else None


def accounts_for(receipt: Receipt, body: MeasurementBody) -> bool:
    """Whether what the server sent or received can have been what the agent says it measured.

    The rate of the steady part lies above the session's mean, by 1.8 times in a UDP train and less over TCP; three
    times is what nobody honest reaches. Other people's traffic is not in the receipt.
    """
    carried = receipt.bytes + receipt.udp_bytes
    if body.bytes > carried * _MOST_OVERHEAD + _SLACK_BYTES:
        return False
    if body.rate_bps is None:
        return True
    return carries(receipt, max(0, body.rate_bps - (body.background_bps or 0)))


def carries(receipt: Receipt, own_bps: int) -> bool:
    """Whether what the server moved in the session can have been such a rate in its steady part."""
    session_s = (receipt.ended_at - receipt.started_at).total_seconds()
    return own_bps * session_s <= (receipt.bytes + receipt.udp_bytes) * 8 * _MOST_OVER_MEAN
