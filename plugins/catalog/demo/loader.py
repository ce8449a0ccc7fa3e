"""The catalog's part of the demo tenant: partners, styles, materials, consumption, prices. Safe to run again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.api import Ctx, run_action
from core.db import flush_rows
from plugins.catalog.demo.files import FOLDER, DemoFiles, decimal, names, read_csv
from plugins.catalog.models import (
    Calendar,
    CalendarDay,
    Color,
    Destination,
    FactoryPrice,
    Material,
    Partner,
    PartnerAddress,
    PartnerContact,
    PaymentTerm,
    PaymentTermLine,
    Size,
    SizeRun,
    Style,
    StyleColor,
    SupplierPrice,
)
from plugins.catalog.services.calendars import SETTING
from plugins.catalog.words import STYLE

WEEK = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Loader(DemoFiles):
    """Loads in dependency order; what has its code already is left as it is."""

    def run(self) -> None:
        """Load everything."""
        self.calendars()
        self.payment_terms()
        self.destinations()
        self.colors()
        flush_rows(self.ctx.session)
        self.partners()
        self.size_runs()
        flush_rows(self.ctx.session)
        self.styles()
        self.materials()
        flush_rows(self.ctx.session)
        self.prices()
        self.boms()

    def calendars(self) -> None:
        """From the tenant file; the company follows the one of its head office."""
        for code, entry in self.terms["calendars"].items():
            if not self.missing(Calendar, code):
                continue
            english, traditional, simplified = self.details["calendars"][code]
            days = [date.fromisoformat(str(day)) + self.shift for day in entry["holidays"]]
            self.put(
                Calendar(
                    code=code,
                    name=english,
                    names=names(traditional, simplified),
                    country=code[-2:],
                    weekly_off=[str(WEEK.index(day)) for day in entry["weekly_off"]],
                    days=[CalendarDay(day=day, kind="off") for day in days],
                )
            )
        if self.ctx.setting(SETTING) is None:
            self.ctx.set_setting(SETTING, self.details["company_calendar"])

    def payment_terms(self) -> None:
        """From the tenant file."""
        simplified = self.details["payment_terms_zh_Hans_CN"]
        for term in self.terms["payment_terms"]:
            if self.missing(PaymentTerm, term["code"]):
                lines = [
                    PaymentTermLine(
                        position=i, pct=Decimal(line["pct"]), trigger=line["trigger"], days=line["days"]
                    )
                    for i, line in enumerate(term["lines"])
                ]
                self.put(
                    PaymentTerm(
                        code=term["code"],
                        name=term["name_en"],
                        lines=lines,
                        names=names(term["name_zh"], simplified.get(term["code"])),
                    )
                )

    def destinations(self) -> None:
        """Ports."""
        for place in self.partners_file["destinations"]:
            if self.missing(Destination, place["code"]):
                country = self.details["destinations"].get(place["code"], "")
                self.put(Destination(code=place["code"], name=place["port"], country=country))

    def colors(self) -> None:
        """Colours: the file writes the English and the Chinese name in one text."""
        for code, text in self.styles_file["colors"].items():
            if self.missing(Color, code):
                english, chinese = text.rsplit(" ", 1)
                simplified = self.details["colors_zh_Hans_CN"].get(code)
                self.put(Color(code=code, name=english, names=names(chinese, simplified)))

    def partners(self) -> None:
        """Customers, factories, suppliers, and a forwarder."""
        kinds = (("customers", "is_customer"), ("factories", "is_factory"), ("suppliers", "is_supplier"))
        for group, flag in kinds:
            for entry in self.partners_file[group]:
                if self.missing(Partner, entry["code"]):
                    self.put(self.partner(entry, flag))
        for code, more in self.details["partners"].items():
            if more.get("forwarder") and self.missing(Partner, code):
                self.put(self.partner({**more, "code": code}, "is_forwarder"))

    def partner(self, entry: Mapping[str, Any], flag: str) -> Partner:
        """A partner with the details the other file adds."""
        more = self.details["partners"].get(entry["code"], {})
        phone = more.get("phone", "")
        addresses = [PartnerAddress(position=0, kind="office", address=more.get("address", "—"), phone=phone)]
        if more.get("ship_to"):
            addresses.append(PartnerAddress(position=1, kind="ship_to", address=more["ship_to"]))
        contacts = []
        if more.get("contact"):
            name, role, email = more["contact"]
            contacts.append(PartnerContact(position=0, name=name, role=role, email=email, phone=phone))
        row = Partner(
            code=entry["code"], name=entry.get("name_en") or entry["name"], country=entry.get("country", ""),
            names=names(more.get("zh_Hant_TW") or entry.get("name_zh"), more.get("zh_Hans_CN")),
            currency=entry.get("currency"), incoterm=entry.get("incoterm", ""),
            terms=self.by_code(PaymentTerm).get(entry.get("terms", "")),
            tax_id=more.get("tax_id", ""), representative=more.get("representative", ""), bank=more.get("bank", ""),
            material_class=entry.get("class"), mode=entry.get("mode"),
            calendar=self.by_code(Calendar).get(entry.get("calendar", "")),
            ship_tol_pct=decimal(entry.get("ship_tol_pct")), capacity_pcs_per_day=entry.get("capacity_pcs_per_day"),
            addresses=addresses, contacts=contacts,
        )  # fmt: skip
        setattr(row, flag, True)
        row.terms_id = row.terms.id if row.terms else None
        row.calendar_id = row.calendar.id if row.calendar else None
        return row

    def size_runs(self) -> None:
        """One run for each list of sizes that styles have."""
        for style in self.styles_file["styles"]:
            code, name = self.details["size_runs"][",".join(style["sizes"])]
            if self.missing(SizeRun, code):
                sizes = [Size(position=i, code=size) for i, size in enumerate(style["sizes"])]
                self.put(SizeRun(code=code, name=name, sizes=sizes))

    def styles(self) -> None:
        """Styles with their colourways."""
        for entry in self.styles_file["styles"]:
            if not self.missing(Style, entry["code"]):
                continue
            more = self.details["styles"][entry["code"]]
            run = self.by_code(SizeRun)[self.details["size_runs"][",".join(entry["sizes"])][0]]
            customer = self.by_code(Partner).get(more["customer"])
            colors = [self.by_code(Color)[code] for code in entry["colors"]]
            self.put(
                Style(
                    code=entry["code"], name=entry["name_en"], season=more["season"], hs=entry["hs"],
                    names=names(entry["name_zh"], more["zh_Hans_CN"]), pcs_per_carton=entry["pcs_per_carton"],
                    customer_id=customer.id if customer else None, customer=customer, size_run_id=run.id, size_run=run,
                    packing=self.details["packing"],
                    colors=[StyleColor(position=i, color_id=c.id, color=c) for i, c in enumerate(colors)],
                )
            )  # fmt: skip

    def materials(self) -> None:
        """Materials with their usual supplier."""
        for row in read_csv(FOLDER / "materials.csv"):
            if not self.missing(Material, row["code"]):
                continue
            more = self.details["materials"].get(row["code"], {})
            supplier = self.by_code(Partner)[row["supplier"]]
            self.put(
                Material(
                    code=row["code"], name=row["name_en"], composition=more.get("composition", ""),
                    names=names(more.get("zh_Hant_TW") or row["name_zh"], more.get("zh_Hans_CN")),
                    material_class=row["class"], stock_uom=row["stock_uom"], stock_step=Decimal(row["stock_step"]),
                    purchase_uom=row["purchase_uom"], factor=Decimal(row["stock_per_purchase_uom"]),
                    gsm=decimal(row["gsm"]), width_in=decimal(row["width_in"]),
                    content=decimal(more.get("content")), content_uom=more.get("content_uom"),
                    supplier_id=supplier.id, supplier=supplier, moq=Decimal(row["moq_purchase_uom"]),
                    multiple=Decimal(row["multiple_purchase_uom"]), lead_days=int(row["lead_days"]),
                    safety_stock=Decimal(row["safety_stock"]), by_color=row["by_color"] == "Y",
                    by_size=row["by_size"] == "Y", gate_stage=row["gate_stage"],
                )
            )  # fmt: skip

    def prices(self) -> None:
        """Supplier prices from the material file, factory prices by quantity break; once."""
        start = date.fromisoformat(self.details["prices_from"]) + self.shift
        if self.ctx.session.scalar(select(SupplierPrice.id).limit(1)) is None:
            for row in read_csv(FOLDER / "materials.csv"):
                self.ctx.session.add(
                    SupplierPrice(
                        supplier_id=self.by_code(Partner)[row["supplier"]].id,
                        material_id=self.by_code(Material)[row["code"]].id,
                        currency="USD",
                        price=Decimal(row["price_usd_per_purchase_uom"]),
                        valid_from=start,
                    )
                )
        if self.ctx.session.scalar(select(FactoryPrice.id).limit(1)) is None:
            for factory, style, currency, least, price in self.details["factory_prices"]:
                self.ctx.session.add(
                    FactoryPrice(
                        factory_id=self.by_code(Partner)[factory].id, style_id=self.by_code(Style)[style].id,
                        process="CMT", currency=currency, min_qty=least, price=Decimal(price), valid_from=start,
                    )
                )  # fmt: skip
        flush_rows(self.ctx.session)

    def boms(self) -> None:
        """Consumption, through the same service as the screen; a material with one figure for all sizes gets one."""
        entity = self.ctx.registry.get(STYLE)
        by_style: dict[str, dict[str, dict[str, Any]]] = {}
        for row in read_csv(FOLDER / "bom.csv"):
            rule, _colon, color = row["color_rule"].partition(":")
            line = by_style.setdefault(row["style"], {}).setdefault(
                row["material"],
                {
                    "material": row["material"], "uom": row["bom_uom"], "wastage_pct": row["wastage_pct"],
                    "color_rule": rule, "colors": [{"color": color}] if color else [],
                    "size_rule": row["size_rule"], "sizes": [],
                },
            )  # fmt: skip
            line["sizes"].append({"size": row["garment_size"], "consumption": row["consumption_per_pc"]})
        for code, lines in by_style.items():
            style = self.by_code(Style)[code]
            if style.bom_version:
                continue
            for line in lines.values():
                if len({size["consumption"] for size in line["sizes"]}) == 1:
                    line["consumption"] = line.pop("sizes")[0]["consumption"]
            run_action(self.ctx, entity, style, "replace_bom", {"lines": list(lines.values())})
            style.bom_since = date.fromisoformat(self.details["bom_released"][code]) + self.shift


def load(ctx: Ctx, shift: int) -> None:
    """Load the catalog of the demo tenant; every date moves by ``shift`` days."""
    Loader(ctx, shift).run()
