"""Labels with a bar code for scanners and a QR code for phones, on usual sheets and rolls, as PDF.

A plugin says what stands on a label (:class:`Label`); :func:`compose` sets them on a sheet, and
:func:`kit.printing.documents.draw` draws it.
"""

from __future__ import annotations

from kit.labels.label import Label, barcode_width, fit
from kit.labels.sheet import MOST, SHEETS, Sheet, compose

__all__ = ["MOST", "SHEETS", "Label", "Sheet", "barcode_width", "compose", "fit"]
