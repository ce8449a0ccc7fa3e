"""The contract of a factory order: made from the snapshot, sent, signed, taken back. Every version stays in the history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from core.api import Ctx, NotFound, Refused, T, crud, documents, files, jobs, note_changes
from plugins.outsourcing.models import Contract, FactoryOrder

KIND = "outsourcing.contract"
JOB = "outsourcing.contract"
ENTITY = "outsourcing.order"
LIVE = ("issued", "in_production", "completed")


def number_of(order: FactoryOrder) -> str:
    """``CT-FO-2026-0001``, from the first revision on ``CT-FO-2026-0001-R1``."""
    return f"CT-{order.number}" + (f"-R{order.revision}" if order.revision else "")


def in_force(ctx: Ctx, order: FactoryOrder) -> Contract | None:
    """The version that counts now: the signed one, else the newest that was made; None where there is none."""
    return ctx.session.scalars(
        select(Contract)
        .where(Contract.order_id == order.id, Contract.status.in_(("generated", "signed")))
        .order_by(Contract.id.desc())
        .limit(1)
    ).one_or_none()


def generate(ctx: Ctx, order: FactoryOrder, language: str) -> Contract:
    """Make the PDF of an issued factory order in ``language``: at once, or in the background where it is long.

    A version made before is replaced. Raises Refused where the order is not issued or its contract is signed.
    """
    if order.state not in LIVE or not order.snapshot:
        raise Refused(T("A contract is made from an issued factory order."))
    before = in_force(ctx, order)
    if before is not None and before.status == "signed":
        raise Refused(T("The contract is signed. Revise the factory order, or remove the signed copy first."))
    source = documents.compose(ctx, KIND, order, language)
    if before is not None:
        before.status = "superseded"
    contract = Contract(
        order_id=order.id, number=number_of(order), revision=order.revision, language=language, status="generated",
        at=ctx.now(), user_name=ctx.actor, sha256="", pages=0, signed_filename="", signer="", note="",
    )  # fmt: skip
    ctx.session.add(contract)
    crud.flush(ctx.session)
    pages = documents.estimate_pages(source.html)
    if pages <= documents.INLINE_PAGES:
        _store(ctx, contract, documents.draw(ctx, source))
    else:
        contract.job_id = jobs.enqueue(ctx, JOB, {"contract": contract.id}, total=pages).id
    note_changes(ctx, order, ("contract_status", order.contract_status, "generated"),
                 ("contract", None, f"{contract.number} {language}"))  # fmt: skip
    order.contract_status = "generated"
    crud.flush(ctx.session)
    return contract


def _store(ctx: Ctx, contract: Contract, made: documents.Rendered) -> None:
    blob = files.keep(ctx, made.pdf, "application/pdf")
    contract.file_id, contract.sha256, contract.pages = blob.id, made.sha256, made.pages


def run_job(ctx: Ctx, payload: Mapping[str, Any], progress: jobs.Progress) -> dict[str, Any]:
    """Background work: draw one contract. Safe to run twice; one that was replaced meanwhile is left alone."""
    contract = get(ctx, int(payload["contract"]))
    if contract.file_id is not None or contract.status == "void":
        return {"order": contract.order_id}
    source = documents.compose(ctx, KIND, contract.order, contract.language)
    made = documents.draw(ctx, source, seconds=documents.JOB_SECONDS, page=progress)
    with progress.write() as writing:
        _store(writing, get(writing, contract.id), made)
    return {"order": contract.order_id, "pages": made.pages}


def get(ctx: Ctx, contract_id: int) -> Contract:
    """A version by id; NotFound otherwise."""
    found = ctx.session.scalars(select(Contract).where(Contract.id == contract_id)).one_or_none()
    if found is None:
        raise NotFound(T("There is no such contract."))
    return found


def generate_action(ctx: Ctx, order: FactoryOrder, data: Mapping[str, Any]) -> Any:
    """The action's function: says whether the file is ready or still being made."""
    contract = generate(ctx, order, data["language"])
    if contract.file_id is None:
        return T("{number} is being made in the background.", number=contract.number)
    return T("{number} was made: {n} pages.", number=contract.number, n=contract.pages)


def mark_sent(ctx: Ctx, order: FactoryOrder) -> None:
    """The factory has it."""
    if order.contract_status != "generated":
        raise Refused(T("There is no contract to send."))
    note_changes(ctx, order, ("contract_status", "generated", "sent"))
    order.contract_status = "sent"


def upload_action(ctx: Ctx, order: FactoryOrder, data: Mapping[str, Any]) -> Any:
    """The action's function: ``file`` is (name, bytes), or the path of a file (command line)."""
    given = data["file"]
    if not given:
        raise Refused(T("Choose a file first."), "file")
    name, content = given
    upload_signed(ctx, order, name, content, data["signer"], data["signed_on"], data.get("note") or "")
    return T("{number} is signed.", number=number_of(order))


def upload_signed(
    ctx: Ctx, order: FactoryOrder, filename: str, content: bytes, signer: str, signed_on: date, note: str = ""
) -> Contract:
    """Keep the signed copy (PDF, JPEG or PNG) with who signed and when; the order's contract is signed from here.

    A second upload replaces the first, which stays in the history. Raises Refused for a file that is not what it says, a
    day in the future, or where no contract was made.
    """
    contract = in_force(ctx, order)
    if contract is None:
        raise Refused(T("Make the contract first."))
    if signed_on > ctx.today():
        raise Refused(T("The day of signing lies in the future."), "signed_on")
    blob = files.store(ctx, content, allow=("pdf", "jpeg", "png"), filename=filename)
    if contract.status == "signed":
        contract = _copy(ctx, contract, "superseded")
    contract.status = "signed"
    contract.signed_file_id = blob.id
    contract.signed_filename = files.clean_name(filename, files.extension(blob))
    contract.signer, contract.signed_on, contract.note = signer, signed_on, note
    note_changes(ctx, order, ("contract_status", order.contract_status, "signed"),
                 ("signed", None, f"{contract.signed_filename} ({signer}, {signed_on})"))  # fmt: skip
    order.contract_status = "signed"
    crud.flush(ctx.session)
    return contract


def remove_signed(ctx: Ctx, order: FactoryOrder, reason: str) -> Contract:
    """A manager takes the signed copy back, with a reason: the order's contract is "generated" again."""
    contract = in_force(ctx, order)
    if contract is None or contract.status != "signed":
        raise Refused(T("There is no signed contract."))
    contract.note = "\n".join(part for part in (contract.note, reason) if part)
    fresh = _copy(ctx, contract, "removed")
    note_changes(ctx, order, ("contract_status", "signed", "generated"))
    order.contract_status = "generated"
    crud.flush(ctx.session)
    return fresh


def _copy(ctx: Ctx, contract: Contract, leave: str) -> Contract:
    """A version without signature of the same PDF; the one with the signature stays as ``leave``."""
    contract.status = leave
    fresh = Contract(
        order_id=contract.order_id, number=contract.number, revision=contract.revision, language=contract.language,
        status="generated", file_id=contract.file_id, sha256=contract.sha256, pages=contract.pages, at=ctx.now(),
        user_name=ctx.actor, signed_filename="", signer="", note="",
    )  # fmt: skip
    ctx.session.add(fresh)
    crud.flush(ctx.session)
    return fresh


def download(ctx: Ctx, contract: Contract, *, signed: bool) -> tuple[bytes, str, str]:
    """(bytes, media type, file name) of a version or of its signed copy. NotFound where there is none."""
    ctx.require(f"{ENTITY}.view")
    file_id = contract.signed_file_id if signed else contract.file_id
    if file_id is None:
        raise NotFound(T("There is no such file."))
    blob = files.blob(ctx, file_id)
    name = contract.signed_filename if signed else f"{contract.number}-{contract.language}.pdf"
    return files.read(ctx, blob), blob.media_type, name


def preview(ctx: Ctx, order: FactoryOrder, language: str) -> documents.Rendered:
    """The contract as it would be, with a draft watermark; nothing is kept."""
    return documents.render(ctx, KIND, order, language, draft=True)

