"""Who a document is from and to, and what it names in several languages: as printed, in the document's language."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.api import current_locale, pick

Names = dict[str, str] | None
"""What something is called in other languages, by language."""


@dataclass(frozen=True, kw_only=True)
class Named:
    """A code with its names."""

    code: str
    name: str
    names: Names = None

    @property
    def local(self) -> str:
        """Its name in the language of the document that is being made."""
        return pick(self.names, self.name)


@dataclass(frozen=True, kw_only=True)
class Party(Named):
    """A company on a document: ours or a partner's. What is not known is an empty text."""

    tax_id: str = ""
    representative: str = ""
    address: str = ""
    addresses: Names = None
    phone: str = ""
    contact: str = ""
    email: str = ""
    bank: str = ""
    logo: str = ""

    def printed(self) -> Party:
        """The same with name and address in the language of the document that is being made."""
        return replace(self, name=_own(self.names, self.name), address=_own(self.addresses, self.address))


def _own(names: Names, text: str) -> str:
    """A company's own name or address. Where it is Chinese as it stands, it is preferred to the other Chinese script's."""
    locale = current_locale()
    is_chinese = locale.startswith("zh") and any("\u4e00" <= sign <= "\u9fff" for sign in text)
    return (names or {}).get(locale) or (text if is_chinese else pick(names, text))
