"""The errors of the collector; HTTP codes are assigned in web/answers.py alone, exit codes in cli/run.py alone.

CollectorError
├── StoreError            the database cannot be used now
│   └── SchemaError       the database is not at this program's schema: says which command mends it
├── BackupError           a file that is no whole backup, or a place that is taken
├── TamperedError         what was stored for good is not what its hash says
├── PackError             a file that is no evidence pack: says what is wrong with it
├── RegistryError         a new registry would drop what was measured
├── TableError            a table that cannot be imported: says what is wrong and the mend
├── CertificateError      the collector's own certificates cannot be made or read
├── EnrolmentError        a code that opens nothing; never says why
├── UnauthorisedError     a request without a token that we know
├── ForbiddenError        somebody we know may not do this, or not here
├── SignInError           a name and a password that do not belong together; never says which
├── AccountError          what an account, a password or a grant cannot be
├── ForgedError           a form that was not filled in on our own page
├── NotFoundError         nothing has this identifier
├── BadRequestError       a request that cannot be read: says what is wrong
├── TooLargeError         a body above its limit
├── TooSlowError          a body that does not come in time
├── MailError             the mail server does not take a message
├── FontError             the installation lacks a font
├── DemoError             the demo cannot be set up on this machine
└── TooManyError          a rate limit: carries when to come again
"""

from collections.abc import Sequence

from netmon.domain.access import AccountProblem
from netmon.errors import NetmonError


class CollectorError(NetmonError):
    """Anything that the collector says in one line."""


class StoreError(CollectorError):
    """The database cannot be used now; the same call may succeed later."""


class SchemaError(StoreError):
    """The database is at another schema than this program."""


class BackupError(CollectorError):
    """A file that is no whole backup, or a place that is taken."""


class TamperedError(CollectorError):
    """What was stored for good was changed in the database."""


class PackError(CollectorError):
    """A file that is no evidence pack; the message goes on after the file's name."""


class RegistryError(CollectorError):
    """A registry that would drop what was measured."""


class TableError(CollectorError):
    """A table that cannot be imported; the message goes on after the file's name.

    `lines` are all that is wrong where that is more than the message says.
    """

    def __init__(self, message: str, *, lines: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.lines = tuple(lines)


class MailError(CollectorError):
    """The mail server did not take a message: says what it answered."""


class FontError(CollectorError):
    """The installation lacks a font that it should have."""


class CertificateError(CollectorError):
    """A certificate or key that cannot be made, read or used."""


class EnrolmentError(CollectorError):
    """One refusal for every reason, so that codes cannot be probed."""

    def __init__(self) -> None:
        super().__init__("the code is unknown, used or expired; ask for a new one")


class UnauthorisedError(CollectorError):
    """A request without a token that we know."""

    def __init__(self) -> None:
        super().__init__("the token is missing, unknown or revoked")


class ForbiddenError(CollectorError):
    """Somebody we know may not do this, or not here."""

    def __init__(self, message: str = "your role does not allow this here") -> None:
        super().__init__(message)


class SignInError(CollectorError):
    """One refusal for every reason, so that names cannot be probed."""

    def __init__(self) -> None:
        super().__init__("the name or the password is wrong")


class AccountError(CollectorError):
    """What an account, a password or a grant cannot be; `netmon_collector.wording.access` says it to people."""

    def __init__(self, problem: AccountProblem) -> None:
        super().__init__(problem.value.replace("_", " "))
        self.problem = problem


class ForgedError(CollectorError):
    """A form that did not come from a page of ours, or from one of an ended session."""

    def __init__(self) -> None:
        super().__init__("the form is not from a page of this session; open the page again and repeat")


class NotFoundError(CollectorError):
    """Nothing has this identifier."""


class BadRequestError(CollectorError):
    """A request that cannot be read."""


class TooLargeError(CollectorError):
    """A body above its limit."""


class TooSlowError(CollectorError):
    """A body that does not come in time."""


class TooManyError(CollectorError):
    """Too many requests; `retry_after_s` says when to come again."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__(f"too many requests; come again in {retry_after_s:.0f} s")
        self.retry_after_s = retry_after_s


class DemoError(CollectorError):
    """The demo cannot be set up or went wrong on this machine."""
