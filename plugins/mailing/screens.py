"""``/mail/``: writing a mail, what was sent; ``/admin/mail/``: sender and texts; ``/me/notices/``: the daily notice."""

from __future__ import annotations

from typing import Any

from flask import flash, request

from core.api import LOCALE_NAMES, Field, NotFound, T
from core.values import parse_id
from core.web.api import FormPage, ctx, route
from core.web.base_api import Errors, entity_url
from kit.outgoing import STATES
from plugins.mailing.services import notices, sender, texts, writing
from plugins.mailing.words import MANAGE, PLACES, SEND

HOME = "/mail/"
MAIL_FIELDS = (
    Field("recipients", T("Recipients"), "long", required=True, wide=True, max_length=3000,
          help=T("Addresses with commas between them.")),
    Field("copy", T("A copy for me"), "bool", default=True),
    Field("subject", T("Subject"), required=True, wide=True, max_length=200),
    Field("body", T("Message text"), "long", wide=True, max_length=20_000),
)  # fmt: skip


class MailPage(FormPage):
    """Mails with documents."""

    plugin = "mailing"

    @route("/", right="")
    def index(self) -> str:
        """One's own mails, or everybody's."""
        context = ctx()
        found = writing.list_mails(context) if context.can(MANAGE) else writing.own_mails(context)
        return self.show("mailing/list.html", mails=found, states=STATES)

    @route("/new", right=SEND, methods=("GET", "POST"))
    def new(self) -> Any:
        """Recipients, subject and text; the document goes with it."""
        given = request.args
        where = (given.get("entity", ""), parse_id(given.get("id")) or 0, given.get("kind", ""))
        entity, row, paper = writing.document(ctx(), *where)
        language = given.get("language") or ctx().locale
        if language not in paper.languages:
            language = paper.languages[0]
        back = entity_url(entity.name, row.id)

        def page(errors: Errors) -> str:
            context = ctx()
            entity, row, paper = writing.document(context, *where)
            again = bool(errors)
            start = {} if again else writing.begin(context, entity, row, paper, language)
            return self.show(
                "mailing/new.html", entity=entity, row=row, paper=paper, language=language, back=back, errors=errors,
                fields=MAIL_FIELDS, form=self.filled(context, MAIL_FIELDS, start, again), where=where,
                names=LOCALE_NAMES, ready=context.hub.config.mail is not None,
            )  # fmt: skip

        def work() -> str:
            typed = self.posted(ctx(), MAIL_FIELDS)
            writing.write_mail(ctx(), *where, language=language, **typed)
            flash(str(T("The mail goes out in a moment; below it says whether it has.")))
            return back

        return page({}) if request.method == "GET" else self.attempt(work, page)

    @route("/<int:mail_id>", right="")
    def one(self, mail_id: int) -> str:
        """One mail."""
        return self._one(mail_id, {})

    def _one(self, mail_id: int, errors: Errors) -> str:
        row = writing.get_mail(ctx(), mail_id)
        return self.show("mailing/one.html", mail=row, states=STATES, errors=errors,
                         href=entity_url(row.entity, row.entity_id) if row.entity else "")  # fmt: skip

    @route("/<int:mail_id>/retry", right="", methods=("POST",))
    def retry(self, mail_id: int) -> Any:
        """Send one that failed once more."""

        def work() -> str:
            writing.retry_mail(ctx(), writing.get_mail(ctx(), mail_id))
            flash(str(T("It is sent again.")))
            return f"{HOME}{mail_id}"

        return self.attempt(work, lambda errors: self._one(mail_id, errors))


class MailSettingsPage(FormPage):
    """Sender and texts of a company's mails."""

    plugin = "mailing"
    menu_place = ("admin", 66)
    right = MANAGE
    label = T("E-mail")

    @route("/", right=MANAGE, methods=("GET", "POST"))
    def index(self) -> Any:
        """The sender, and the kinds of document that have texts."""

        def page(errors: Errors) -> str:
            context = ctx()
            form = self.filled(context, sender.FIELDS, sender.stored(context), bool(errors))
            return self.show(
                "mailing/settings.html", form=form, fields=sender.FIELDS, errors=errors, kinds=texts.kinds(context),
                names=LOCALE_NAMES, server=context.hub.config.mail,
            )  # fmt: skip

        def work() -> str:
            sender.save(ctx(), self.posted(ctx(), sender.FIELDS))
            flash(str(T("Saved.")))
            return "/admin/mail/"

        return page({}) if request.method == "GET" else self.attempt(work, page)

    @route("/text", right=MANAGE, methods=("GET", "POST"))
    def text(self) -> Any:
        """The text for one kind of document in one language."""
        kind, language = request.args.get("kind", ""), request.args.get("language", "")
        paper = next((k for k in texts.kinds(ctx()) if k.name == kind and language in k.languages), None)
        if paper is None:
            raise NotFound(T("There is nothing here."))

        def page(errors: Errors) -> str:
            context = ctx()
            subject, body = texts.text_of(context, kind, language)
            form = self.filled(context, MAIL_FIELDS[2:], {"subject": subject, "body": body}, bool(errors))
            return self.show(
                "mailing/text.html", paper=paper, language=language, form=form, fields=MAIL_FIELDS[2:], errors=errors,
                places=PLACES, names=LOCALE_NAMES,
            )  # fmt: skip

        def work() -> str:
            subject, body = request.form.get("subject", "")[:200], request.form.get("body", "")[:20_000]
            texts.save_text(ctx(), kind, language, subject, body)
            flash(str(T("Saved.")))
            return "/admin/mail/"

        return page({}) if request.method == "GET" else self.attempt(work, page)


class NoticePage(FormPage):
    """The daily notice of the person who looks."""

    plugin = "mailing"
    menu_place = ("me", 40)
    right = ""
    label = T("Notices by mail")

    @route("/", right="", methods=("GET", "POST"))
    def index(self) -> Any:
        """Whether one wants it."""

        def page(errors: Errors) -> str:
            return self.show("mailing/notices.html", wanted=notices.wants(ctx()), errors=errors)

        def work() -> str:
            notices.choose(ctx(), request.form.get("daily") == "y")
            flash(str(T("Saved.")))
            return "/me/notices/"

        return page({}) if request.method == "GET" else self.attempt(work, page)
