"""Words about accounts: roles, what is refused, what the audit log names."""

from collections.abc import Mapping
from enum import StrEnum

from netmon.domain.access import AccountProblem, Role
from netmon.domain.audit import AuditKind
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import N_, phrasebook

# Keyed by type first, as in words.py.
_WORDS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    Role: {
        Role.VIEWER: N_("viewer"),
        Role.OPERATOR: N_("operator"),
        Role.ADMINISTRATOR: N_("administrator"),
    },
    AccountProblem: {
        AccountProblem.NAME_UNUSABLE: N_("A name has 2 to 40 small Latin letters, digits, dots, dashes, “_” or “@”."),
        AccountProblem.NAME_TAKEN: N_("This name is taken; choose another one."),
        AccountProblem.NO_SUCH_ACCOUNT: N_("There is no such account."),
        AccountProblem.PASSWORD_SHORT: N_("The password is too short: at least 12 characters."),
        AccountProblem.PASSWORD_LONG: N_("The password is too long: at most 200 characters."),
        AccountProblem.PASSWORD_EASY: N_("The password is too easy: it repeats a few characters or contains the name."),
        AccountProblem.PASSWORDS_DIFFER: N_("The two passwords differ; type the same one twice."),
        AccountProblem.PASSWORD_WRONG: N_("The present password is wrong."),
        AccountProblem.NO_GRANT: N_("Grant at least one role."),
        AccountProblem.GRANT_BEYOND: N_("You can grant roles only where you are administrator yourself."),
        AccountProblem.TERRITORY_UNKNOWN: N_("The registry has no such territory."),
        AccountProblem.ROLE_UNKNOWN: N_("There is no such role: viewer, operator, administrator."),
        AccountProblem.LAST_ADMINISTRATOR: N_("This is the last administrator of everything; make another one first."),
        AccountProblem.LINK_DEAD: N_("The link was used or has expired; ask the administrator for a new one."),
        AccountProblem.TOKEN_NAME: N_("A token's name has 1 to 60 characters."),
        AccountProblem.TOKEN_DAYS: N_("A token is valid for 1 to 366 days."),
    },
    AuditKind: {
        AuditKind.REGISTRY: N_("registry put in force"),
        AuditKind.POLICY: N_("policy put in force"),
        AuditKind.CALENDAR: N_("calendar put in force"),
        AuditKind.ROADMAP: N_("roadmap put in force"),
        AuditKind.RECIPIENTS: N_("recipients put in force"),
        AuditKind.EXEMPTION: N_("exemption"),
        AuditKind.ENTERED_VALUE: N_("value of an indicator"),
        AuditKind.FACT: N_("fact of the roadmap"),
        AuditKind.IMPORT: N_("import of measurements"),
        AuditKind.CLOSING: N_("period closed"),
        AuditKind.ACCOUNT_ADDED: N_("account added"),
        AuditKind.ACCOUNT_DISABLED: N_("account shut out"),
        AuditKind.ACCOUNT_ENABLED: N_("account let in again"),
        AuditKind.GRANTS: N_("roles changed"),
        AuditKind.PASSWORD: N_("password changed"),
        AuditKind.ACCESS_LINK: N_("link to set a password"),
        AuditKind.SIGN_IN: N_("sign-in"),
        AuditKind.LOCK_OUT: N_("too many wrong passwords"),
        AuditKind.SESSION_ENDED: N_("session ended"),
        AuditKind.TOKEN_ADDED: N_("API token added"),
        AuditKind.TOKEN_REVOKED: N_("API token revoked"),
        AuditKind.ENROLMENT_CODE: N_("enrolment code"),
        AuditKind.AGENT_REVOKED: N_("agent revoked"),
    },
}


def access_word(member: StrEnum, language: Language) -> str:
    """The word of a role or a kind of change, or the sentence of a problem."""
    return phrasebook(language).say(_WORDS[type(member)][member])
