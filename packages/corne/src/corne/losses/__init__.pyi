# Written by `corne plugins stubs`; changes are lost.
# ruff: noqa
# fmt: off

from collections.abc import Mapping
from typing import Any

from corne.loss import Loss as Loss
from corne.loss import LossFunctionWrapper as LossFunctionWrapper
from corne_losses.binary_crossentropy import BinaryCrossentropy as BinaryCrossentropy
from corne_losses.binary_crossentropy import binary_crossentropy as BCE
from corne_losses.binary_crossentropy import binary_crossentropy as bce
from corne_losses.binary_crossentropy import binary_crossentropy as binary_crossentropy
from corne_losses.binary_focal_crossentropy import BinaryFocalCrossentropy as BinaryFocalCrossentropy
from corne_losses.binary_focal_crossentropy import binary_focal_crossentropy as binary_focal_crossentropy
from corne_losses.categorical_crossentropy import CategoricalCrossentropy as CategoricalCrossentropy
from corne_losses.categorical_crossentropy import categorical_crossentropy as categorical_crossentropy
from corne_losses.categorical_focal_crossentropy import CategoricalFocalCrossentropy as CategoricalFocalCrossentropy
from corne_losses.categorical_focal_crossentropy import categorical_focal_crossentropy as categorical_focal_crossentropy
from corne_losses.categorical_generalized_cross_entropy import CategoricalGeneralizedCrossEntropy as CategoricalGeneralizedCrossEntropy
from corne_losses.categorical_generalized_cross_entropy import categorical_generalized_cross_entropy as categorical_generalized_cross_entropy
from corne_losses.categorical_hinge import CategoricalHinge as CategoricalHinge
from corne_losses.categorical_hinge import categorical_hinge as categorical_hinge
from corne_losses.circle import Circle as Circle
from corne_losses.circle import circle as circle
from corne_losses.cosine_similarity import CosineSimilarity as CosineSimilarity
from corne_losses.cosine_similarity import cosine_similarity as cosine_similarity
from corne_losses.ctc import CTC as CTC
from corne_losses.ctc import ctc as ctc
from corne_losses.dice import Dice as Dice
from corne_losses.dice import dice as dice
from corne_losses.hinge import Hinge as Hinge
from corne_losses.hinge import hinge as hinge
from corne_losses.huber import Huber as Huber
from corne_losses.huber import huber as huber
from corne_losses.kl_divergence import KLDivergence as KLDivergence
from corne_losses.kl_divergence import kl_divergence as KLD
from corne_losses.kl_divergence import kl_divergence as kl_divergence
from corne_losses.kl_divergence import kl_divergence as kld
from corne_losses.log_cosh import LogCosh as LogCosh
from corne_losses.log_cosh import log_cosh as log_cosh
from corne_losses.mean_absolute_error import MeanAbsoluteError as MeanAbsoluteError
from corne_losses.mean_absolute_error import mean_absolute_error as MAE
from corne_losses.mean_absolute_error import mean_absolute_error as mae
from corne_losses.mean_absolute_error import mean_absolute_error as mean_absolute_error
from corne_losses.mean_absolute_percentage_error import MeanAbsolutePercentageError as MeanAbsolutePercentageError
from corne_losses.mean_absolute_percentage_error import mean_absolute_percentage_error as MAPE
from corne_losses.mean_absolute_percentage_error import mean_absolute_percentage_error as mape
from corne_losses.mean_absolute_percentage_error import mean_absolute_percentage_error as mean_absolute_percentage_error
from corne_losses.mean_squared_error import MeanSquaredError as MeanSquaredError
from corne_losses.mean_squared_error import mean_squared_error as MSE
from corne_losses.mean_squared_error import mean_squared_error as mean_squared_error
from corne_losses.mean_squared_error import mean_squared_error as mse
from corne_losses.mean_squared_logarithmic_error import MeanSquaredLogarithmicError as MeanSquaredLogarithmicError
from corne_losses.mean_squared_logarithmic_error import mean_squared_logarithmic_error as MSLE
from corne_losses.mean_squared_logarithmic_error import mean_squared_logarithmic_error as mean_squared_logarithmic_error
from corne_losses.mean_squared_logarithmic_error import mean_squared_logarithmic_error as msle
from corne_losses.poisson import Poisson as Poisson
from corne_losses.poisson import poisson as poisson
from corne_losses.sparse_categorical_crossentropy import SparseCategoricalCrossentropy as SparseCategoricalCrossentropy
from corne_losses.sparse_categorical_crossentropy import sparse_categorical_crossentropy as sparse_categorical_crossentropy
from corne_losses.squared_hinge import SquaredHinge as SquaredHinge
from corne_losses.squared_hinge import squared_hinge as squared_hinge
from corne_losses.tversky import Tversky as Tversky
from corne_losses.tversky import tversky as tversky

def get(identifier: Any) -> Any: ...
def serialize(obj: Any) -> Any: ...
def deserialize(
    config: Any, custom_objects: Mapping[str, Any] | None = None
) -> Any: ...
