# Written by `corne plugins stubs`; changes are lost.
# ruff: noqa
# fmt: off

from corne.model import Model as Model
from corne.model import Sequential as Sequential
from corne.model import clone_model as clone_model
from corne.saving import load_model as load_model
from corne.saving import model_from_json as model_from_json
from corne.saving import save_model as save_model
