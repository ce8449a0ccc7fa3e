"""Addresses for whoever watches over the hub: does the process live (``/healthz``), can it serve (``/readyz``)?"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from flask import Flask, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from core.data.migrate import pending_migrations
from core.kernel.hub import Hub
from core.web.frame.access import Access, AccessMap

ROOM = 100 * 1024 * 1024
"""Bytes that must be free where files are kept."""


def install(app: Flask, hub: Hub, access: AccessMap) -> None:
    """Register the addresses. They tell nothing but yes and no."""
    access.declare("healthz", Access(public=True))
    access.declare("readyz", Access(public=True))

    @app.get("/healthz")
    def healthz() -> Response:
        return Response("ok", mimetype="text/plain")

    @app.get("/readyz")
    def readyz() -> tuple[Response, int]:
        found = {"database": _answers(hub), "migrations": False, "disk": _has_room(hub.config.data)}
        found["migrations"] = found["database"] and _migrated(hub)
        return jsonify(found), 200 if all(found.values()) else 503


def _answers(hub: Hub) -> bool:
    try:
        with hub.platform(write=False) as db:
            return db.execute(text("SELECT 1")).scalar() == 1
    except SQLAlchemyError:
        return False


def _migrated(hub: Hub) -> bool:
    try:
        return not pending_migrations(hub)
    except SQLAlchemyError:
        return False


def _has_room(folder: Path) -> bool:
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"room")
            probe.flush()
        return shutil.disk_usage(folder).free >= ROOM
    except OSError:
        return False
