"""The contract of a factory order: made from the snapshot, sent, signed, taken back, never forgotten.

A row is one PDF. In force is the newest row of the order's revision that is generated or signed; older ones stay as history
with their files. Rights, state and version are checked by the actions that call these.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select, update

from core.api import Ctx, JobProgress, NotFound, Problem, Refused, T, enqueue_job, note_changes, recording
from core.db import flush_rows
from kit.papers import future_problems
from kit.printing import documents
from plugins.base_files import api as files
from plugins.outsourcing.documents.contract import KIND
from plugins.outsourcing.documents.contract_values import number_of
from plugins.outsourcing.models import Contract, FactoryOrder

JOB = "outsourcing.contract"
LIVE = ("generated", "signed")
ISSUED = ("issued", "in_production", "completed")


def generate(ctx: Ctx, order: FactoryOrder, language: str) -> Contract:
    """Make the contract from the order's snapshot; the one before it is superseded.

    A short one is there at once. A longer one has the status ``preparing`` and a ``job_id`` until the background work is
    done. Raises Refused unless the order is issued, or while the signed contract is in force.
    """
    if order.state not in ISSUED or order.snapshot is None:
        raise Refused(T("A contract is made from an issued factory order."))
    now = current(ctx, order)
    if now is not None and now.status == "signed":
        raise Refused(T("The contract is signed. Revise the factory order, or remove the signed copy first."))
    source = documents.compose(ctx, KIND, order, language)
    contract = Contract(
        order_id=order.id, number=number_of(order), revision=order.revision, language=language, status="preparing",
        sha256="", pages=0, at=ctx.now(), user_name=ctx.actor, signed_filename="", signer="", note="",
    )  # fmt: skip
    ctx.session.add(contract)
    flush_rows(ctx.session)
    pages = documents.estimate_pages(source.html)
    if pages > documents.INLINE_PAGES:
        contract.job_id = enqueue_job(ctx, JOB, {"contract": contract.id}, total=pages).id
        flush_rows(ctx.session)
    else:
        _finish(ctx, order, contract, documents.draw(ctx, source))
    return contract


def last_language(ctx: Ctx, order: FactoryOrder) -> str:
    """The language of the newest contract with this factory; empty where there is none."""
    found = ctx.session.scalar(
        select(Contract.language)
        .join(
            FactoryOrder,
            (FactoryOrder.id == Contract.order_id) & (FactoryOrder.tenant_id == Contract.tenant_id),
        )
        .where(FactoryOrder.factory_id == order.factory_id)
        .order_by(Contract.id.desc())
        .limit(1)
    )
    return found or ""


def run_job(ctx: Ctx, payload: Mapping[str, Any], progress: JobProgress) -> dict[str, Any]:
    """The background part of :func:`generate`. Twice is harmless: a contract that has its file is left alone."""
    contract = get_contract(ctx, int(payload["contract"]))
    order = contract.order
    if contract.file_id is not None or contract.status != "preparing":
        return {"contract": contract.id}
    if order.revision != contract.revision or order.snapshot is None:
        with progress.write() as inner:
            get_contract(inner, contract.id).status = "void"
        return {"contract": contract.id}
    source = documents.compose(ctx, KIND, order, contract.language)
    expected = documents.estimate_pages(source.html)
    try:
        made = documents.draw(
            ctx, source, seconds=documents.JOB_SECONDS, page=lambda n: progress(n, max(n, expected))
        )
    except Refused as error:
        with progress.write() as inner:
            failed = get_contract(inner, contract.id)
            failed.status, failed.note = "failed", str(error)
        raise
    with progress.write() as inner:
        fresh = get_contract(inner, contract.id)
        with recording(inner, fresh.order, "generate_contract"):
            _finish(inner, fresh.order, fresh, made)
        progress.hold(inner, done=made.pages, total=made.pages)
    return {"contract": contract.id, "pages": made.pages}


def _finish(ctx: Ctx, order: FactoryOrder, contract: Contract, made: documents.Rendered) -> None:
    """Keep the file; the contract is in force unless the order was changed or signed meanwhile."""
    blob = files.keep_blob(ctx, made.pdf, "application/pdf")
    contract.file_id, contract.sha256, contract.pages = blob.id, made.sha256, made.pages
    if order.revision != contract.revision or order.state not in ISSUED:
        contract.status = "void"
    elif order.contract_status == "signed":
        contract.status = "superseded"
    else:
        _supersede(ctx, order, contract)
        contract.status = "generated"
        _status(ctx, order, "generated")
        note_changes(ctx, order, ("contract", None, f"{contract.number} ({contract.language})"))
    flush_rows(ctx.session)


def mark_sent(ctx: Ctx, order: FactoryOrder) -> Contract:
    """The contract has gone to the factory. Refused where there is none, or where it is signed already."""
    contract = in_force(ctx, order)
    if contract.status == "signed":
        raise Refused(T("The contract is signed already."))
    _status(ctx, order, "sent")
    return contract


def upload_signed(
    ctx: Ctx, order: FactoryOrder, filename: str, data: bytes, signer: str, signed_on: date, note: str = ""
) -> Contract:
    """Keep the factory's signed copy (PDF, JPEG or PNG): the contract is signed. A second one supersedes the first.

    Raises Refused at ``file``, ``signer`` or ``signed_on``; then nothing has been saved.
    """
    contract = in_force(ctx, order)
    problems = []
    if not signer.strip():
        problems.append(Problem(T("Who signed it?"), "signer"))
    problems += future_problems(ctx, signed_on, "signed_on")
    if order.issue_date and signed_on < order.issue_date:
        problems.append(
            Problem(T("It cannot have been signed before the factory order was issued."), "signed_on")
        )
    if problems:
        raise Refused(problems)
    blob = files.store(ctx, data, allow=("pdf", "jpeg", "png"), filename=filename)
    if contract.status == "signed":
        contract = _copy(ctx, contract)
    contract.status = "signed"
    contract.signed_file_id = blob.id
    contract.signed_filename = files.clean_name(filename, files.extension(blob))
    contract.signer, contract.signed_on, contract.note = signer.strip(), signed_on, note
    flush_rows(ctx.session)
    _supersede(ctx, order, contract)
    _status(ctx, order, "signed")
    note_changes(
        ctx,
        order,
        ("signed copy", None, contract.signed_filename),
        ("signer", None, contract.signer),
        ("signed on", None, signed_on),
    )
    flush_rows(ctx.session)
    return contract


def remove_signed(ctx: Ctx, order: FactoryOrder, reason: str) -> Contract:
    """Take the signed copy back, with the reason: the contract is generated again, the copy stays in the history."""
    signed = in_force(ctx, order)
    if signed.status != "signed":
        raise Refused(T("There is no signed contract."))
    contract = _copy(ctx, signed)
    signed.note = "\n".join(t for t in (signed.note, reason.strip()) if t)
    _supersede(ctx, order, contract)
    _status(ctx, order, "generated")
    note_changes(ctx, order, ("signed copy", signed.signed_filename, None))
    flush_rows(ctx.session)
    return contract


def current(ctx: Ctx, order: FactoryOrder) -> Contract | None:
    """The contract in force: of the order's revision, generated or signed. None where there is none yet."""
    return ctx.session.scalars(
        select(Contract)
        .where(Contract.order_id == order.id, Contract.revision == order.revision, Contract.status.in_(LIVE))
        .order_by(Contract.id.desc())
        .limit(1)
    ).one_or_none()


def in_force(ctx: Ctx, order: FactoryOrder) -> Contract:
    """:func:`current`, or Refused."""
    found = current(ctx, order)
    if found is None:
        raise Refused(T("There is no contract yet. Make it first."))
    return found


def get_contract(ctx: Ctx, contract_id: int) -> Contract:
    """A version by id; NotFound otherwise."""
    found = ctx.session.scalars(select(Contract).where(Contract.id == contract_id)).one_or_none()
    if found is None:
        raise NotFound(T("There is no such contract."))
    return found


def of_order(ctx: Ctx, order: FactoryOrder, contract_id: int) -> Contract:
    """A version of this very order; NotFound otherwise."""
    found = get_contract(ctx, contract_id)
    if found.order_id != order.id:
        raise NotFound(T("There is no such contract."))
    return found


def file_of(ctx: Ctx, contract: Contract, *, signed: bool = False) -> tuple[str, str, bytes]:
    """(name, media type, bytes) of a contract's PDF or signed copy. NotFound where there is none (yet)."""
    file_id = contract.signed_file_id if signed else contract.file_id
    if file_id is None:
        raise NotFound(T("There is no such file."))
    blob = files.blob(ctx, file_id)
    name = contract.signed_filename if signed else f"{contract.number}-{contract.language}.pdf"
    return name, blob.media_type, files.blob_bytes(ctx, blob)


def _copy(ctx: Ctx, old: Contract) -> Contract:
    """A new row with the same PDF and no signature, so that the old one stays as it was."""
    new = Contract(
        order_id=old.order_id, number=old.number, revision=old.revision, language=old.language, status="generated",
        file_id=old.file_id, sha256=old.sha256, pages=old.pages, at=ctx.now(), user_name=ctx.actor, signed_filename="",
        signer="", note="",
    )  # fmt: skip
    ctx.session.add(new)
    flush_rows(ctx.session)
    return new


def _supersede(ctx: Ctx, order: FactoryOrder, keep: Contract) -> None:
    ctx.session.execute(
        update(Contract)
        .where(Contract.order_id == order.id, Contract.id != keep.id, Contract.status.in_(LIVE))
        .values(status="superseded")
    )


def _status(ctx: Ctx, order: FactoryOrder, status: str) -> None:
    if order.contract_status != status:
        note_changes(ctx, order, ("contract_status", order.contract_status, status))
        order.contract_status = status
