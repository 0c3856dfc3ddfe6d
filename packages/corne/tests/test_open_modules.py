"""Modules of the core to which plugins add names."""

from __future__ import annotations

import pytest
from corne.errors import MissingPluginError, UnknownNameError

NAMES = """
@hookimpl
def corne_names():
    return {"utils.shout": "acme_things.things:shout", "datasets.pets.cats.load_data": "acme_things.things:load_data"}
"""
THINGS = {"things": "def shout(): return 'HA'\ndef load_data(): return 9\n"}


def test_plugins_add_names_and_modules(install):
    install("acme-things", NAMES, modules=THINGS)
    import corne

    assert corne.utils.shout() == "HA"
    assert "shout" in dir(corne.utils)
    assert {"set_random_seed", "shout"} <= set(corne.utils.__all__)
    assert corne.datasets.pets.cats.load_data() == 9
    assert dir(corne.datasets.pets)[-1] == "cats"
    import corne.datasets.pets.cats as cats

    assert cats.load_data() == 9


def test_names_that_no_installed_package_has(install):
    import corne
    import corne.preprocessing.image as image

    with pytest.raises(UnknownNameError, match="Did you mean 'set_random_seed'"):
        _ = corne.utils.set_random_sead
    with pytest.raises(MissingPluginError, match="provided by corne-visualization, which is not installed"):
        _ = corne.utils.plot_model
    with pytest.raises(ImportError, match="pip install corne-images"):
        from corne.preprocessing.image import load_img  # noqa: F401
    assert not hasattr(image, "nothing")
    assert not hasattr(corne.datasets, "nothing")


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("quantizers", "Quantizer"),
        ("distillation", "Distiller"),
        ("distribution", "DataParallel"),
        ("export", "ExportArchive"),
    ],
)
def test_names_that_come_later_say_so(module, name):
    import corne

    with pytest.raises(
        ImportError, match="which is not published yet: it comes with a later version of Corne"
    ):
        _ = getattr(getattr(corne, module), name)
    assert not hasattr(getattr(corne, module), "anything")
