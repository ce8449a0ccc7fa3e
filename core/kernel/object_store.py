"""The S3-compatible store that files may lie in: ``[files]`` in config.toml; its keys come from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from core.errors import StartError


@dataclass(frozen=True)
class ObjectStore:
    """``prefix`` stands before every name, so that hubs may share a bucket."""

    bucket: str
    endpoint: str = ""
    region: str = "us-east-1"
    prefix: str = ""
    key: str = ""
    secret: str = field(default="", repr=False)


def read_object_store(given: Mapping[str, Any]) -> ObjectStore | None:
    """The store that ``[files]`` names; None where files lie in the folder. StartError for what cannot be."""
    bucket, endpoint = str(given.get("bucket", "")).strip(), str(given.get("endpoint", "")).strip()
    if not bucket:
        return None
    if endpoint and urlsplit(endpoint).scheme not in ("http", "https"):
        raise StartError(f"[files] endpoint is an address such as https://s3.example.com, not {endpoint!r}")
    key, secret = os.environ.get("HUB_S3_KEY", ""), os.environ.get("HUB_S3_SECRET", "")
    if not key or not secret:
        raise StartError("[files] names a bucket: set HUB_S3_KEY and HUB_S3_SECRET to a key that may use it")
    region, prefix = str(given.get("region") or "us-east-1"), str(given.get("prefix", "")).strip("/")
    return ObjectStore(bucket, endpoint, region, prefix, key, secret)
