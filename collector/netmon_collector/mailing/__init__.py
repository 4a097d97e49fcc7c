"""Which mail is due to whom: reports, digests and alerts are rendered and put into the queue.

Import from here: `Mailings`, `DueMails`, `queue_report`.
"""

from netmon_collector.mailing.mailings import DueMails, Mailings
from netmon_collector.mailing.reports import queue_report

__all__ = ["DueMails", "Mailings", "queue_report"]
