"""What a receipt proves about the measurement that carries it (D2)."""

from collections.abc import Mapping

from netmon.domain.identifiers import ServerId
from netmon.errors import WireError
from netmon.wire.bodies import MeasurementBody
from netmon.wire.receipt import Receipt, Verifier, verify_receipt
from netmon_collector.use_cases.tickets import ticket_id

Verifiers = Mapping[ServerId, Verifier]


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
    return receipt
