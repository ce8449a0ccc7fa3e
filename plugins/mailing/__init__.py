"""Mails: documents to partners, notices to the people who work here."""
