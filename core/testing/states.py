"""Which database a test finds: a fresh tenant, a scene, the demo tenant, a world that a file of tests has for itself.

On SQLite each is a file that is copied into place (:mod:`core.testing.images`). On PostgreSQL the database of a process is a
copy of one template, and a scene is an exact copy of a tenant in it.
"""

from __future__ import annotations

import inspect
import itertools
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from core.kernel.context import TenantInfo
from core.kernel.hub import Hub
from core.testing.copies import Copies, Template
from core.testing.holding import HeldContexts
from core.testing.images import Images
from core.testing.observer import Observer
from core.testing.scenes import Plan, Scene, freeze, name_of
from core.testing.sources import scene_hash

Load = Callable[[Hub], TenantInfo]
_numbers = itertools.count(1)


class States:
    """The states of one process's database."""

    def __init__(
        self,
        hub: Hub,
        copies: Copies,
        held: HeldContexts,
        images: Images | None,
        load: Load,
        observer: Observer,
        demo: TenantInfo | None = None,
    ) -> None:
        self.hub, self.copies, self.held, self.images, self.load = hub, copies, held, images, load
        self.observer = observer
        self.templates: dict[str, tuple[Template, dict[str, Any]]] = {}
        self.demo = demo
        self.pinned = ""

    # the demo tenant ---------------------------------------------------------------------------------------------------

    def need_demo(self) -> TenantInfo:
        """The demo tenant as it was loaded; nobody has changed it."""
        if self.demo is None:
            self.demo = (
                self._image("demo", lambda: self.load(self.hub)) if self.images else self.load(self.hub)
            )
        return self.demo

    def put_demo(self, hub: Hub) -> None:
        """Let another hub, over a database file of its own, begin with the demo tenant (SQLite)."""
        assert self.images is not None
        self.need_demo()
        self.images.restore("demo", hub)

    @contextmanager
    def own_demo(self) -> Iterator[TenantInfo]:
        """A demo tenant to be changed; while the block lasts no scene may take its place."""
        if self.images:
            with self.world("demo", lambda: self.load(self.hub)) as found:
                yield found
            return
        template = self.copies.look_at(self.need_demo())
        number = next(_numbers)
        yield self.copies.copy(template, f"DEMO{number}", template.info.name, exact=True)

    @contextmanager
    def world(self, name: str, make: Callable[[], Any]) -> Iterator[Any]:
        """What ``make`` builds in the database, for as long as the block lasts; made once, where it can be kept."""
        if self.images is None:
            yield make()
            return
        found = self._image(name, make)
        self.pinned = name
        try:
            yield found
        finally:
            self.pinned = ""
            self.demo = None

    # scenes ------------------------------------------------------------------------------------------------------------

    def scene(self, plan: Plan, request: pytest.FixtureRequest) -> Scene:
        """The scene of a test's stages, ready in the database."""
        for name in plan.stand_ins:
            request.getfixturevalue(name)
        if self.images:
            folders = tuple(request.config.rootpath / p for p in request.config.getini("testpaths"))
            key = f"{plan.name}-{scene_hash(folders, plan.files)}"
            tenant, values = self._image(key, lambda: self._play(plan, request, key))
            self.observer.stands_on(self.images.folder / f"{key}.said")
        else:
            if plan.name not in self.templates:
                made, values = self._play(plan, request)
                self.templates[plan.name] = self.copies.hide(made), values
            template, values = self.templates[plan.name]
            number = next(_numbers)
            tenant = self.copies.copy(template, f"SC{number}", f"Scene {number}", exact=True)
        return Scene(tenant, values, lambda: request.getfixturevalue("ctx"))

    def _play(
        self, plan: Plan, request: pytest.FixtureRequest, key: str = ""
    ) -> tuple[TenantInfo, dict[str, Any]]:
        if self.images is None:
            return self._played(plan, request)
        with self.observer.scene(self.images.folder / f"{key}.said"):
            return self._played(plan, request)

    def _played(self, plan: Plan, request: pytest.FixtureRequest) -> tuple[TenantInfo, dict[str, Any]]:
        number = zlib.crc32(plan.name.encode())
        tenant = self.copies.make(f"SCENE{number}", f"Scene {number}", base_currency="TWD")
        given: dict[str, Any] = {"hub": self.hub, "tenant": tenant}
        values = {}
        with self.hub.context(tenant) as ctx, self.held.hold(ctx.session):
            given["ctx"] = ctx
            for name, function in plan.stages:
                wanted = list(inspect.signature(function).parameters)
                for each in wanted:
                    if each not in given:
                        given[each] = request.getfixturevalue(each)
                given[name] = function(**{n: given[n] for n in wanted})
            ctx.session.flush()
            for name, function in plan.stages:
                values[name_of(function)] = freeze(given[name], tenant)
        return tenant, values

    def _image(self, name: str, make: Callable[[], Any]) -> Any:
        images = self.images
        assert images is not None
        if self.pinned:
            pytest.fail(f"this file of tests has the world {self.pinned!r} for itself: no {name!r} beside it")

        def over_base() -> Any:
            images.restore("base", self.hub)
            self.copies.begin_anew()
            return make()

        self.demo = None
        found = images.build(name, self.hub, over_base)
        self.copies.begin_anew()
        return found
