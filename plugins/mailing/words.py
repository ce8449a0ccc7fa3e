"""Names, limits and first texts of mails."""

from __future__ import annotations

from core.api import T

SEND = "mailing.send"
"""To send documents by mail."""
MANAGE = "mailing.manage"
"""To keep sender, texts, and to see every mail."""
JOB, DIGEST_JOB = "mailing.deliver", "mailing.digest"
SENDER = "mailing.sender"
"""The setting with the sender's name, the address for answers and the signature."""
MAIL = "mailing.mail"
NOTICE = "notice"
"""The kind of a mail that is a notice to somebody who works here."""
MOST_RECIPIENTS = 20
MOST_BYTES = 15 * 1024 * 1024
PLACES = {
    "number": T("its number"),
    "document": T("what it is called"),
    "partner": T("the partner's name"),
    "company": T("our name"),
    "sender": T("who sends it"),
}
"""What a text may hold in braces."""
SUBJECTS = {
    "en": "{document} {number}, {company}",
    "zh_Hant_TW": "{document} {number}（{company}）",
    "zh_Hans_CN": "{document} {number}（{company}）",
}
BODIES = {
    "en": "Dear {partner},\n\nPlease find attached {document} {number}.\n\nKind regards,\n{sender}\n{company}",
    "zh_Hant_TW": "{partner} 您好：\n\n隨信附上{document} {number}，請查收。\n\n{sender}\n{company}",
    "zh_Hans_CN": "{partner} 您好：\n\n随信附上{document} {number}，请查收。\n\n{sender}\n{company}",
}
"""Texts by language where the company has written none."""
