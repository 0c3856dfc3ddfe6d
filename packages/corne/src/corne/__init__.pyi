# Written by `corne plugins stubs`; changes are lost.
# ruff: noqa
# fmt: off

from corne import activations as activations
from corne import applications as applications
from corne import backend as backend
from corne import callbacks as callbacks
from corne import config as config
from corne import constraints as constraints
from corne import datasets as datasets
from corne import dtype_policies as dtype_policies
from corne import errors as errors
from corne import initializers as initializers
from corne import layers as layers
from corne import losses as losses
from corne import metrics as metrics
from corne import mixed_precision as mixed_precision
from corne import models as models
from corne import operation as operation
from corne import ops as ops
from corne import optimizers as optimizers
from corne import plugins as plugins
from corne import preprocessing as preprocessing
from corne import random as random
from corne import regularizers as regularizers
from corne import saving as saving
from corne import tree as tree
from corne import utils as utils
from corne import visualization as visualization
from corne import wrappers as wrappers
from corne._version import __version__ as __version__
from corne._version import version as version
from corne.dtype_policies import DTypePolicy as DTypePolicy
from corne.initializers import Initializer as Initializer
from corne.layer import InputSpec as InputSpec
from corne.layer import Layer as Layer
from corne.loss import Loss as Loss
from corne.metric import Metric as Metric
from corne.model import Input as Input
from corne.model import Model as Model
from corne.model import Sequential as Sequential
from corne.optimizer import Optimizer as Optimizer
from corne.plugins import hookimpl as hookimpl
from corne.regularizers import Regularizer as Regularizer
from corne.symbolic import SymbolicTensor as KerasTensor
from corne.variable import StatelessScope as StatelessScope
from corne.variable import Variable as Variable
