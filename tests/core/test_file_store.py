"""Stored files in an S3-compatible store: kept, proven, backed up, put back and taken away as in a folder."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.api import Ctx, NotFound
from core.base_api import TenantInfo
from core.errors import HubError, StartError, Unavailable
from core.kernel.file_store import file_store, store_fault
from core.kernel.hub import Hub
from core.kernel.object_store import ObjectStore, read_object_store
from core.vault import backup
from core.vault.archive import Archive
from core.vault.restore import unpack
from plugins.base_files import api as files
from plugins.base_files.services import passing, store
from tests.support.bucket import KEY, bucket


def test_files_in_a_bucket(
    hub: Hub, ctx: Ctx, tenant: TenantInfo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with bucket() as (address, held):
        place = ObjectStore("bucket", address, prefix="ours", key=KEY, secret="s")
        monkeypatch.setattr(hub, "config", replace(hub.config, object_store=place))
        blob = files.keep_blob(ctx, b"%PDF of ours", "application/pdf")
        again = files.keep_blob(ctx, b"%PDF of ours", "application/pdf")
        ctx.session.commit()
        name = f"{tenant.id}/{blob.sha256[:2]}/{blob.sha256}"
        assert (again.id, held) == (blob.id, {f"ours/files/{name}": b"%PDF of ours"})
        assert not (hub.config.data / "files" / name).exists()
        assert store.blob_bytes(ctx, blob) == b"%PDF of ours"
        assert store.faults(ctx) == []

        path = tmp_path / "one.zip"
        made = backup.make_backup(hub, path, lambda _n: None, only=tenant)
        assert (made.files, made.damaged) == (1, [])
        held[f"ours/files/{name}"] = b"other"
        assert store.faults(ctx) == [f"the stored file {blob.sha256} is damaged"]
        with pytest.raises(HubError):
            store.blob_bytes(ctx, blob)
        file_store(hub.config).clear(str(tenant.id))
        assert held == {}
        with pytest.raises(NotFound):
            store.blob_bytes(ctx, blob)
        assert store.faults(ctx) == [f"the stored file {blob.sha256} is missing"]
        unpack(hub, Archive(path), tenant.id, tenant.id)
        assert held == {f"ours/files/{name}": b"%PDF of ours"}
        file_store(hub.config).delete(name)
        assert held == {}

        passing.lay_down(ctx, "list.csv", io.BytesIO(b"a,b"))
        assert b"".join(passing.fetch(ctx, "list.csv")) == b"a,b"
        assert passing.clear_old(ctx) in (0, 1)  # what the store says of its age
        assert store_fault(hub.config) == ""
        assert "probe" not in " ".join(held)
        wrong = replace(hub.config, object_store=replace(place, key="another"))
        assert "cannot be used" in store_fault(wrong)
        with pytest.raises(Unavailable):
            file_store(wrong).get(name)


@pytest.mark.once
@pytest.mark.parametrize(
    ("given", "keys", "said"),
    [
        ({"bucket": "b"}, {}, "HUB_S3_KEY"),
        (
            {"bucket": "b", "endpoint": "s3.example.com"},
            {"HUB_S3_KEY": "k", "HUB_S3_SECRET": "s"},
            "endpoint",
        ),
        ({"path": "var"}, {}, ""),
    ],
)
def test_what_config_says_of_it(
    given: dict[str, Any], keys: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in keys.items():
        monkeypatch.setenv(name, value)
    if not said:
        assert read_object_store(given) is None
        return
    with pytest.raises(StartError, match=said):
        read_object_store(given)
