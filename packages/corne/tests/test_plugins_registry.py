"""Names: finding, missing, in conflict, qualified, taken over."""

from __future__ import annotations

import importlib
import re

import pytest
from corne.errors import MissingPluginError, PluginError, UnknownNameError
from corne.plugins import plugins, registry


def layers(**names):
    table = ", ".join(f"{name!r}: {target!r}" for name, target in names.items())
    return f"@hookimpl\ndef corne_layers():\n    return {{{table}}}\n"


THING = {"thing": "class Thing: pass\nclass Other: pass\ndef make(): return 'made'\n"}


def test_a_known_absent_name_is_an_import_error_that_says_what_to_install(install):
    with pytest.raises(ImportError) as caught:
        from corne.layers import Conv2D  # noqa: F401
    assert isinstance(caught.value, MissingPluginError)
    text = "Conv2D is provided by corne-conv, which is not installed: pip install corne-conv"
    assert str(caught.value) == text


def test_an_unknown_name_is_an_attribute_error_with_the_nearest(install):
    import corne.layers

    with pytest.raises(AttributeError, match="Did you mean 'Dense'") as caught:
        _ = corne.layers.Dence
    assert isinstance(caught.value, UnknownNameError)


def test_the_nearest_name_mentions_plugins_that_did_not_load(install):
    install("acme-bad", "1 / 0")
    with pytest.raises(UnknownNameError, match="Not loaded: acme-bad"):
        registry.get("layers", "Scale")


def test_a_known_name_of_a_broken_package_says_so(install):
    install("corne-conv", "1 / 0", package="fake_conv")
    with pytest.raises(
        MissingPluginError, match=r"installed \(1\.0\) but failed .*division by zero.*corne doctor"
    ):
        registry.get("layers", "Conv2D")


def test_a_known_name_of_a_disabled_package_says_so(install, monkeypatch):
    install("corne-conv", package="fake_conv")
    monkeypatch.setenv("CORNE_DISABLE_PLUGINS", "corne-conv")
    with pytest.raises(MissingPluginError, match=r"which is disabled: .*CORNE_DISABLE_PLUGINS"):
        registry.get("layers", "Conv2D")


def test_a_known_name_of_an_older_package_says_upgrade(install):
    install("corne-conv", package="fake_conv", version="0.0.1")
    with pytest.raises(MissingPluginError, match=r"in version 0\.0\.1, without it: pip install --upgrade"):
        registry.get("layers", "Conv2D")


def test_find_takes_any_spelling_and_prefers_the_exact_one(install):
    source = layers(Thing="acme_a.thing:Thing", other="acme_a.thing:Other", BigThing="acme_a.thing:make")
    install("acme-a", source, modules=THING)
    assert registry.find("layers", "thing").__name__ == "Thing"
    assert registry.find("layers", "big_thing")() == "made"
    assert registry.find("layers", "OTHER").__name__ == "Other"
    with pytest.raises(MissingPluginError, match="corne-conv"):
        registry.find("layers", "conv2d")
    with pytest.raises(UnknownNameError, match="Did you mean 'Thing'"):
        registry.find("layers", "thingy")


def test_find_refuses_a_spelling_that_fits_two(install):
    install("acme-a", layers(Thing="acme_a.thing:Thing", THing="acme_a.thing:Other"), modules=THING)
    with pytest.raises(UnknownNameError, match="THing and Thing"):
        registry.find("layers", "thing")
    assert registry.find("layers", "Thing").__name__ == "Thing"


def test_two_claims_raise_at_use_and_name_both(install):
    install("acme-a", layers(Thing="acme_a.thing:Thing", Own="acme_a.thing:Other"), modules=THING)
    install("acme-b", layers(Thing="acme_b.thing:Thing"), modules=THING, version="3.0")
    assert "Thing" in registry.names("layers")
    assert registry.get("layers", "Own").__module__ == "acme_a.thing"
    with pytest.raises(PluginError) as caught:
        registry.get("layers", "Thing")
    assert "acme-a 1.0 and acme-b 3.0" in str(caught.value)
    assert "'acme-a:Thing' or 'acme-b:Thing'" in str(caught.value)
    for name in ("acme-b:Thing", "Acme_B:Thing"):
        assert registry.get("layers", name).__module__ == "acme_b.thing"
        assert registry.find("layers", name).__module__ == "acme_b.thing"


def test_a_first_party_name_is_not_taken_over(install):
    install("acme-a", layers(Conv2D="acme_a.thing:Thing", Layer="acme_a.thing:Other"), modules=THING)
    with pytest.raises(MissingPluginError, match="pip install corne-conv"):
        registry.get("layers", "Conv2D")
    assert registry.get("layers", "acme-a:Conv2D").__name__ == "Thing"
    assert registry.get("layers", "Layer").__module__.startswith("corne.")
    (plugin,) = plugins()
    assert [problem.message for problem in plugin.problems] == [
        "'Conv2D' belongs to corne-conv; use 'acme-a:Conv2D' for that of acme-a.",
        "'Layer' belongs to corne; use 'acme-a:Layer' for that of acme-a.",
    ]


def test_a_qualified_name_of_an_absent_distribution_says_install(install):
    with pytest.raises(MissingPluginError, match="Thing is provided by acme-z, which is not installed"):
        registry.get("layers", "acme-z:Thing")


def test_a_qualified_name_that_is_unknown_has_a_nearest(install):
    install("acme-a", layers(Thing="acme_a.thing:Thing"))
    with pytest.raises(UnknownNameError, match="Did you mean 'Thing'"):
        registry.get("layers", "acme-a:Thingy")
    with pytest.raises(UnknownNameError, match="Did you mean 'Layer'"):
        registry.get("layers", "corne:Leyer")


@pytest.mark.parametrize(
    ("modules", "message"),
    [
        ({}, "No module named 'acme_a.thing'"),
        ({"thing": "1 / 0"}, "ZeroDivisionError"),
        ({"thing": "pass"}, "has no attribute 'Thing'"),
    ],
)
def test_a_target_that_does_not_import_names_the_plugin(install, modules, message):
    install("acme-a", layers(Thing="acme_a.thing:Thing"), modules=modules)
    with pytest.raises(PluginError, match=re.escape(message)) as caught:
        registry.get("layers", "Thing")
    assert "of acme-a 1.0" in str(caught.value)


def test_an_unknown_kind_has_a_nearest(install):
    with pytest.raises(UnknownNameError, match="Did you mean 'layers'"):
        registry.names("layer")


def test_provider_and_entry_of(install):
    source = layers(Thing="acme_a.thing:Thing", alias="acme_a.thing:Thing")
    install("acme-a", source, modules=THING, version="2.0")
    thing = registry.get("layers", "alias")
    assert registry.provider(("layers", "Thing")) == ("acme-a", "2.0")
    assert registry.provider(thing) == registry.provider(thing()) == ("acme-a", "2.0")
    assert registry.entry_of(thing) == ("layers", "Thing", "acme-a", False)
    other = importlib.import_module("acme_a.thing").Other
    assert registry.entry_of(other) is None
    assert registry.provider(dict) is None
    assert registry.provider(registry.Entry).distribution == "corne"


def test_entry_of_finds_an_object_behind_a_re_export(install):
    modules = {"thing": "class Thing: pass\n", "public": "from acme_a.thing import Thing\n"}
    install("acme-a", layers(Thing="acme_a.public:Thing"), modules=modules)
    thing = registry.get("layers", "Thing")
    assert thing.__module__ == "acme_a.thing"
    assert registry.entry_of(thing) == ("layers", "Thing", "acme-a", False)


# -- namespaces ---------------------------------------------------------------------------------------
def test_a_namespace_lists_and_resolves(install):
    import corne.layers

    install("acme-a", layers(Thing="acme_a.thing:Thing"), modules=THING)
    assert {"Thing", "Layer", "get", "serialize", "deserialize"} <= set(dir(corne.layers))
    assert corne.layers.Thing.__module__ == "acme_a.thing"
    assert not hasattr(corne.layers, "_repr_html_")
    assert "Thing" in corne.layers.__all__


def test_activations_get_takes_names_functions_and_none(install):
    import corne.activations

    source = """
    @hookimpl
    def corne_activations():
        return {"twice": "acme_a.twice:twice"}
    """
    install("acme-a", source, modules={"twice": "def twice(x):\n    return x + x\n"})
    twice = corne.activations.get("twice")
    assert twice(2) == 4
    assert corne.activations.get(twice) is twice
    assert corne.activations.get("acme-a:twice") is twice
    assert corne.activations.serialize(twice) == "twice"
    assert corne.activations.deserialize("twice") is twice
    with pytest.raises(UnknownNameError, match="Did you mean 'twice'"):
        corne.activations.get("twise")
    with pytest.raises(ValueError, match="a name, a config, a callable or None, got 3"):
        corne.activations.get(3)


def test_an_activation_in_conflict_serializes_with_its_distribution(install):
    source = '@hookimpl\ndef corne_activations():\n    return {"twice": "acme_%s.twice:twice"}\n'
    for letter in "ab":
        install(f"acme-{letter}", source % letter, modules={"twice": "def twice(x):\n    return x + x\n"})
    import corne.activations

    twice = corne.activations.get("acme-b:twice")
    assert corne.activations.serialize(twice) == "acme-b:twice"
    assert corne.activations.deserialize("acme-b:twice") is twice


def test_losses_get_makes_an_instance_of_a_class(install):
    import corne.losses

    source = '@hookimpl\ndef corne_losses():\n    return {"Gap": "acme_a.gap:Gap", "gap": "acme_a.gap:gap"}\n'
    code = "class Gap:\n    def __init__(self, by=1): self.by = by\ndef gap(a, b): return a - b\n"
    install("acme-a", source, modules={"gap": code})
    assert corne.losses.get("Gap").by == 1
    assert corne.losses.get("gap")(3, 2) == 1
    assert corne.losses.get(corne.losses.Gap).by == 1
    assert corne.losses.get(None) is None
    with pytest.raises(ValueError, match=r"Did you mean 'gap'|Did you mean 'Gap'"):
        corne.losses.get("gapp")


def test_custom_objects_come_before_plugins(install):
    import corne.losses
    from corne.serialization import custom_object_scope

    def gap(a, b):
        return 0

    with custom_object_scope({"gap": gap}):
        assert corne.losses.get("gap") is gap
    assert corne.losses.deserialize("gap", custom_objects={"gap": gap}) is gap
