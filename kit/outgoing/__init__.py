"""What leaves the house: messages for other systems and mails. Written with the document that asks for them, tried by the
worker after it is saved, again with growing pauses for about a day, kept in a log, and sent again by hand.

A plugin has a table of its own over :class:`OutgoingColumns`, asks with :func:`send_later`, and its job calls :func:`try_once`.
What is sent may arrive twice (a worker may die between sending and noting it), so each message has a ``uid`` to tell by.
"""

from __future__ import annotations

from kit.outgoing.attempts import Outcome, count_open, find_message, resume, send_again, send_later, try_once
from kit.outgoing.columns import STATES, OutgoingColumns
from kit.outgoing.schedule import PAUSES, next_pause

__all__ = [
    "PAUSES",
    "STATES",
    "Outcome",
    "OutgoingColumns",
    "count_open",
    "find_message",
    "next_pause",
    "resume",
    "send_again",
    "send_later",
    "try_once",
]
