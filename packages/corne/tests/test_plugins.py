"""Discovery: whatever one plugin does wrong, it ends as a value and the others work."""

from __future__ import annotations

import pytest
from corne import plugins
from corne.errors import DataError, PluginError
from corne.plugins import Status, discovery, hook, hookspecs, registry

SCALE = """
@hookimpl
def corne_layers():
    return {"Scale": "acme_scale.scale:Scale"}
"""
GOOD = {"scale": "class Scale: pass\n"}


def found(distribution):
    (plugin,) = [p for p in plugins.plugins() if p.distribution == distribution]
    return plugin


def messages(distribution):
    return [problem.message for problem in found(distribution).problems]


def test_a_good_plugin_is_loaded_and_its_module_is_not_imported_before_use(install):
    import sys

    install("acme-scale", SCALE, modules=GOOD, version="2.1")
    plugin = found("acme-scale")
    assert (plugin.status, plugin.version, plugin.api) == (Status.LOADED, "2.1", 1)
    assert plugin.problems == []
    assert plugin.names == {"layers": {"Scale": "acme_scale.scale:Scale"}}
    assert "acme_scale.scale" not in sys.modules
    assert registry.get("layers", "Scale").__name__ == "Scale"
    assert "acme_scale.scale" in sys.modules


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("import not_there_at_all", "ModuleNotFoundError: No module named 'not_there_at_all'"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("def broken(:", "SyntaxError"),
    ],
)
def test_an_import_that_fails_costs_only_itself(install, source, message):
    install("acme-bad", source)
    install("acme-scale", SCALE, modules=GOOD)
    plugin = found("acme-bad")
    assert plugin.status is Status.FAILED
    assert message in messages("acme-bad")[0]
    assert "_plugin.py" in plugin.problems[0].traceback
    assert "Scale" in registry.names("layers")


def test_a_missing_plugin_module_is_a_failure(install):
    install("acme-bad", entries={"acme-bad": "acme_bad.elsewhere"})
    assert found("acme-bad").status is Status.FAILED
    assert "No module named 'acme_bad.elsewhere'" in messages("acme-bad")[0]


def test_a_hook_that_raises_costs_only_that_hook(install):
    install(
        "acme-scale",
        SCALE
        + """
@hookimpl
def corne_losses():
    raise ValueError("no losses today")
""",
        modules=GOOD,
    )
    plugin = found("acme-scale")
    assert plugin.status is Status.LOADED
    assert [(p.where, p.message) for p in plugin.problems] == [
        ("corne_losses", "ValueError: no losses today")
    ]
    assert "no losses today" in plugin.problems[0].traceback
    assert registry.get("layers", "Scale")


def test_a_misspelt_hook_is_reported_with_the_nearest(install):
    install("acme-scale", SCALE.replace("corne_layers", "corne_layer"))
    assert messages("acme-scale") == ["There is no hook corne_layer. Did you mean 'corne_layers'?"]


def test_a_hook_without_its_mark_is_reported(install):
    install("acme-scale", SCALE.replace("@hookimpl", ""))
    assert messages("acme-scale") == ["corne_layers is not marked: put @hookimpl above it."]


def test_a_hook_with_arguments_of_its_own_is_reported(install):
    install("acme-scale", "@hookimpl\ndef corne_fit_callbacks(model, epochs):\n    return []\n")
    assert messages("acme-scale") == ["corne_fit_callbacks takes (model), not epochs."]
    assert hook.corne_fit_callbacks(model=None) == []


def test_a_wrapper_is_refused(install):
    install("acme-scale", "@hookimpl(wrapper=True)\ndef corne_fit_callbacks(model):\n    return (yield)\n")
    assert messages("acme-scale") == ["corne_fit_callbacks can't be a wrapper: remove wrapper=True."]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("{'Scale': object}", "must map to"),
        ("{'Scale': 'acme_scale.scale.Scale'}", "must map to"),
        ("{3: 'a:b'}", "3 is not a name"),
        ("{'a:b': 'a:b'}", "'a:b' is not a name"),
        ("['Scale']", "AttributeError"),
    ],
)
def test_answers_that_are_not_names_are_reported(install, answer, message):
    install("acme-scale", f"@hookimpl\ndef corne_layers():\n    return {answer}\n")
    assert message in messages("acme-scale")[0]
    assert "Scale" not in registry.names("layers")


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        ("CORNE_API = 2", "pip install --upgrade corne"),
        ("CORNE_API = 0", "pip install --upgrade acme-scale"),
        ("", "CORNE_API = 1"),
        ("CORNE_API = 'one'", "CORNE_API = 1"),
    ],
)
def test_another_interface_is_incompatible_and_says_what_to_install(install, line, advice):
    install("acme-scale", SCALE, header=f"from corne.plugins import hookimpl\n{line}\n")
    assert found("acme-scale").status is Status.INCOMPATIBLE
    assert advice in messages("acme-scale")[0]
    assert "Scale" not in registry.names("layers")


def test_the_same_entry_name_in_two_distributions_keeps_both(install):
    install("acme-one", SCALE, entries={"plugin": "acme_one._plugin"})
    install("acme-two", SCALE.replace("Scale", "Shift"), entries={"plugin": "acme_two._plugin"})
    assert [p.distribution for p in plugins.plugins()] == ["acme-one", "acme-two"]
    assert {"Scale", "Shift"} <= set(registry.names("layers"))


def test_an_unreadable_list_of_entry_points_costs_only_itself(install):
    install("acme-scale", SCALE)
    folder = install("acme-bad")
    listing = next(folder.parent.glob("acme_bad-*.dist-info")) / "entry_points.txt"
    listing.write_text("[corne]\nthis line has no value\n")
    discovery.forget()
    with pytest.warns(RuntimeWarning, match="Unreadable entry points"):
        assert "Scale" in registry.names("layers")


def test_a_plugin_that_uses_a_namespace_while_loading_fails_with_the_reason(install):
    install("acme-scale", "import corne.layers\ncorne.layers.Dense\n")
    assert found("acme-scale").status is Status.FAILED
    assert "only an import of corne.plugins" in messages("acme-scale")[0]


@pytest.mark.parametrize("value", ["acme-scale", "Acme_Scale, acme-other", "*"])
def test_disabled_plugins_are_not_imported(install, monkeypatch, value):
    import sys

    monkeypatch.setenv("CORNE_DISABLE_PLUGINS", value)
    install("acme-scale", SCALE)
    assert found("acme-scale").status is Status.DISABLED
    assert "acme_scale" not in sys.modules
    assert "Scale" not in registry.names("layers")


def test_strict_raises_and_names_the_plugin(install, monkeypatch):
    monkeypatch.setenv("CORNE_STRICT_PLUGINS", "1")
    install("acme-bad", "1 / 0")
    with pytest.raises(PluginError, match=r"plugin acme-bad 1\.0, import: .*division by zero"):
        plugins.plugins()
    monkeypatch.setenv("CORNE_STRICT_PLUGINS", "0")
    assert found("acme-bad").status is Status.FAILED


def test_refresh_sees_what_was_installed_meanwhile(install):
    assert plugins.plugins() == []
    install("acme-scale", SCALE)
    assert [p.distribution for p in plugins.refresh()] == ["acme-scale"]


# -- behaviour hooks ----------------------------------------------------------------------------------
def test_answers_are_collected_and_a_failing_one_is_passed_over(install):
    install("acme-one", "@hookimpl\ndef corne_fit_callbacks(model):\n    return [model, 1]\n")
    install("acme-bad", "@hookimpl\ndef corne_fit_callbacks(model):\n    raise KeyError('oops')\n")
    install("acme-two", "@hookimpl\ndef corne_fit_callbacks():\n    return [2]\n")
    with pytest.warns(RuntimeWarning, match=r"Plugin acme-bad 1\.0 failed in corne_fit_callbacks"):
        answers = hook.corne_fit_callbacks(model="m")
    assert sorted(answers, key=str) == [["m", 1], [2]]
    assert messages("acme-bad") == ["KeyError: 'oops'"]


def test_the_first_answer_wins_and_none_is_no_answer(install):
    install("acme-a", "@hookimpl\ndef corne_data_adapter(x):\n    return None\n")
    install("acme-b", "@hookimpl\ndef corne_data_adapter(x, options):\n    return (x, options)\n")
    arguments = {"x": 1, "y": None, "sample_weight": None, "options": {"steps": 3}}
    assert hook.corne_data_adapter(**arguments) == (1, {"steps": 3})


def test_no_answer_is_none_or_empty(install):
    assert hook.corne_data_adapter(x=1, y=None, sample_weight=None, options={}) is None
    assert hook.corne_fit_callbacks(model=None) == []


def test_a_corne_error_is_an_answer_and_passes_through(install):
    install(
        "acme-a",
        """
        from corne.errors import DataError

        @hookimpl
        def corne_data_adapter(x):
            raise DataError("x", "a table with rows", "an empty one", "Check the query.")
        """,
    )
    with pytest.raises(DataError, match="an empty one"):
        hook.corne_data_adapter(x=1, y=None, sample_weight=None, options={})


def test_strict_makes_a_failing_hook_an_error(install, monkeypatch):
    monkeypatch.setenv("CORNE_STRICT_PLUGINS", "1")
    install("acme-bad", "@hookimpl\ndef corne_fit_callbacks(model):\n    raise KeyError('oops')\n")
    with pytest.raises(PluginError, match="acme-bad"):
        hook.corne_fit_callbacks(model=None)


def test_an_unknown_hook_has_a_nearest_name(install):
    with pytest.raises(AttributeError, match="Did you mean 'corne_fit_callbacks'"):
        _ = hook.corne_fit_callback


def test_tryfirst_decides_the_order(install):
    install("acme-a", "@hookimpl(trylast=True)\ndef corne_data_adapter(x):\n    return 'last'\n")
    install("acme-b", "@hookimpl\ndef corne_data_adapter(x):\n    return 'middle'\n")
    install("acme-c", "@hookimpl(tryfirst=True)\ndef corne_data_adapter(x):\n    return 'first'\n")
    arguments = {"x": 1, "y": None, "sample_weight": None, "options": {}}
    assert hook.corne_data_adapter(**arguments) == "first"


def test_every_hook_is_documented_with_an_example():
    hooks = {name: item for name, item in vars(hookspecs).items() if name.startswith("corne_")}
    for name, specification in hooks.items():
        assert f"def {name}(" in (specification.__doc__ or ""), name
