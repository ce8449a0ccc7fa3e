"""What other plugins may use of samples."""

from __future__ import annotations

from tests.thirdparty.samples.models import Request

__all__ = ["Request"]
