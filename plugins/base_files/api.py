"""What other plugins may use of files. Import it as ``from plugins.base_files import api as files``."""

from __future__ import annotations

from plugins.base_files.models import Attachment, FileBlob
from plugins.base_files.services.attachments import attach, attachment, attachments, keep, put, remove
from plugins.base_files.services.checks import clean_name
from plugins.base_files.services.passing import clear_old, fetch, lay_down
from plugins.base_files.services.store import (
    ALLOW,
    ATTACHED,
    MAX_BYTES,
    PICTURES,
    blob,
    blob_bytes,
    extension,
    keep_blob,
    small_copy,
    store,
    store_photo,
    thumbnail,
)

__all__ = [
    "ALLOW",
    "ATTACHED",
    "MAX_BYTES",
    "PICTURES",
    "Attachment",
    "FileBlob",
    "attach",
    "attachment",
    "attachments",
    "blob",
    "blob_bytes",
    "clean_name",
    "clear_old",
    "extension",
    "fetch",
    "keep",
    "keep_blob",
    "lay_down",
    "put",
    "remove",
    "small_copy",
    "store",
    "store_photo",
    "thumbnail",
]
