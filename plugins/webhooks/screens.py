"""``/admin/webhooks/``: subscriptions, their events, a new secret, what was sent and how it went."""

from __future__ import annotations

from typing import Any

from flask import flash, request

from core.api import T
from core.values import parse_id
from core.web.api import FormPage, ctx, route
from core.web.base_api import Errors
from kit.outgoing import STATES
from plugins.webhooks.models import Subscription
from plugins.webhooks.services import events, subscriptions
from plugins.webhooks.words import ACTS, OFF_WORDS, RIGHT, SUBSCRIPTION, TEST

HOME = "/admin/webhooks/"


class WebhooksPage(FormPage):
    """Subscriptions of other systems."""

    plugin = "webhooks"
    menu_place = ("admin", 65)
    right = RIGHT
    label = T("Webhooks")

    @route("/", right=RIGHT)
    def index(self) -> str:
        """All subscriptions."""
        return self.show(
            "webhooks/list.html", subscriptions=subscriptions.list_subscriptions(ctx()), off=OFF_WORDS
        )

    @route("/new", right=RIGHT, methods=("GET", "POST"), fresh=True)
    def new(self) -> Any:
        """Make one; its secret is shown once."""
        return self._edit(None)

    @route("/<int:hook_id>/edit", right=RIGHT, methods=("GET", "POST"), fresh=True)
    def edit(self, hook_id: int) -> Any:
        """Change one."""
        return self._edit(subscriptions.get_subscription(ctx(), hook_id))

    def _edit(self, row: Subscription | None) -> Any:
        told: list[tuple[str, Subscription]] = []
        row_id = row.id if row is not None else None

        def work() -> str:
            stored = subscriptions.get_subscription(ctx(), row_id) if row_id is not None else None
            given = self.posted(ctx(), subscriptions.FIELDS)
            saved, secret = subscriptions.save_subscription(
                ctx(),
                stored,
                given["name"],
                given["address"],
                request.form.getlist("events"),
                given["active"],
            )
            if secret:
                told.append((secret, saved))
            return f"{HOME}{saved.id}"

        if request.method == "GET":
            return self._form(row, {})
        reply = self.attempt(work, lambda errors: self._form(row, errors))
        return self._secret(*told[0]) if told else reply

    def _form(self, row: Subscription | None, errors: Errors) -> str:
        context, again = ctx(), bool(errors)
        start = {f.name: getattr(row, f.name) if row else f.initial(context) for f in subscriptions.FIELDS}
        chosen = request.form.getlist("events") if again else row.events if row else ()
        return self.show(
            "webhooks/form.html", row=row, errors=errors, fields=subscriptions.FIELDS, chosen=set(chosen),
            form=self.filled(context, subscriptions.FIELDS, start, again), groups=events.list_groups(context),
        )  # fmt: skip

    def _secret(self, secret: str, row: Subscription) -> str:
        return self.show("webhooks/secret.html", secret=secret, row=row)

    @route("/<int:hook_id>", right=RIGHT)
    def one(self, hook_id: int) -> str:
        """One of them with what was sent."""
        context = ctx()
        row = subscriptions.get_subscription(context, hook_id)
        status = request.args.get("status", "")
        page = parse_id(request.args.get("page")) or 0
        found, more = subscriptions.list_deliveries(context, row, page, status if status in STATES else "")
        titles = {name: (g.title, title) for g in events.list_groups(context) for name, title in g.events}
        return self.show(
            "webhooks/one.html", row=row, deliveries=found, more=more, page=page, status=status, states=STATES,
            titles=titles, own=subscriptions.is_own(context, row), test=TEST, off=OFF_WORDS,
            activity=self.activity(context, SUBSCRIPTION, row.id, ACTS),
        )  # fmt: skip

    @route("/<int:hook_id>/sent/<int:delivery_id>", right=RIGHT)
    def sent(self, hook_id: int, delivery_id: int) -> str:
        """One message: what it says and what was answered."""
        context = ctx()
        row = subscriptions.get_subscription(context, hook_id)
        delivery = subscriptions.get_delivery(context, row, delivery_id)
        return self.show(
            "webhooks/sent.html",
            row=row,
            delivery=delivery,
            states=STATES,
            own=subscriptions.is_own(context, row),
        )

    @route("/<int:hook_id>/test", right=RIGHT, methods=("POST",))
    def test(self, hook_id: int) -> Any:
        """Send a message that says nothing."""

        def work() -> str:
            subscriptions.send_test(ctx(), subscriptions.get_subscription(ctx(), hook_id))
            flash(str(T("A test is on its way; how it went is in the list below in a moment.")))
            return f"{HOME}{hook_id}"

        return self.attempt(work, lambda errors: self.one(hook_id))

    @route("/<int:hook_id>/replay", right=RIGHT, methods=("POST",))
    def replay(self, hook_id: int) -> Any:
        """Send a message again, or all that failed."""

        def work() -> str:
            row = subscriptions.get_subscription(ctx(), hook_id)
            which = parse_id(request.form.get("delivery"))
            one = subscriptions.get_delivery(ctx(), row, which) if which is not None else None
            n = subscriptions.replay(ctx(), row, one)
            flash(str(T("Messages that are sent again: {n}", n=n)))
            return f"{HOME}{hook_id}"

        return self.attempt(work, lambda errors: self.one(hook_id))

    @route("/<int:hook_id>/rotate", right=RIGHT, methods=("GET", "POST"), fresh=True)
    def rotate(self, hook_id: int) -> Any:
        """Ask, then make a new secret."""
        told: list[tuple[str, Subscription]] = []

        def work() -> str:
            row = subscriptions.get_subscription(ctx(), hook_id)
            told.append((subscriptions.rotate_secret(ctx(), row), row))
            return f"{HOME}{hook_id}"

        name = subscriptions.get_subscription(ctx(), hook_id).name
        reply = self.confirm(
            T("A new secret for “{name}”?", name=name),
            T("For 24 hours messages are signed with both, so that nothing is refused until the other side has the new one."),
            T("Make a new secret"), f"{HOME}{hook_id}", work,
        )  # fmt: skip
        return self._secret(*told[0]) if told else reply

    @route("/<int:hook_id>/delete", right=RIGHT, methods=("GET", "POST"))
    def delete(self, hook_id: int) -> Any:
        """Ask, then take one away."""

        def work() -> str:
            subscriptions.delete_subscription(ctx(), subscriptions.get_subscription(ctx(), hook_id))
            return HOME

        name = subscriptions.get_subscription(ctx(), hook_id).name
        return self.confirm(
            T("Take “{name}” away?", name=name),
            T("Nothing more is sent there, and the list of what was sent goes with it."),
            T("Take away"),
            f"{HOME}{hook_id}",
            work,
        )
