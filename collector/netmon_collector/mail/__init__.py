"""Mails as bytes and their way to an SMTP server: only here aiosmtplib.

Import from here: `MailParts`, `MailPicture`, `MailFile`, `mail_body`, `new_mail`, `SmtpMailer`.
"""

from netmon_collector.mail.message import MailFile, MailParts, MailPicture, mail_body, new_mail
from netmon_collector.mail.transport import SmtpMailer

__all__ = ["MailFile", "MailParts", "MailPicture", "SmtpMailer", "mail_body", "new_mail"]
