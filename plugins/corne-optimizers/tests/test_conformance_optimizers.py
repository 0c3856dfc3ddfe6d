"""What every optimizer owes, of all of corne-optimizers."""

from __future__ import annotations

from corne_testkit import OptimizerCase, OptimizerConformance


class TestOptimizers(OptimizerConformance):
    cases = [
        OptimizerCase("SGD", {"learning_rate": 0.1}),
        OptimizerCase("SGD", {"learning_rate": 0.02, "momentum": 0.9, "nesterov": True, "clipnorm": 5.0}),
        OptimizerCase("Adam", {"learning_rate": 0.1}),
        OptimizerCase(
            "Adam", {"learning_rate": 0.1, "amsgrad": True, "use_ema": True, "global_clipnorm": 3.0}
        ),
        OptimizerCase("AdamW", {"learning_rate": 0.1, "weight_decay": 0.01}),
        OptimizerCase("RMSprop", {"learning_rate": 0.1, "momentum": 0.5, "centered": True}),
        OptimizerCase("Adagrad", {"learning_rate": 0.5}),
        OptimizerCase("Adadelta", {"learning_rate": 50.0}),
        OptimizerCase("Adamax", {"learning_rate": 0.2}),
        OptimizerCase("Nadam", {"learning_rate": 0.1}),
        OptimizerCase(
            "Ftrl", {"learning_rate": 0.5}, skip={"frozen_weights_stay": "its formula divides by the rate"}
        ),
        OptimizerCase("Lion", {"learning_rate": 0.05}),
        OptimizerCase("Lamb", {"learning_rate": 0.1}),
        OptimizerCase("Adafactor", {"learning_rate": 0.2}),
        OptimizerCase("Muon", {"learning_rate": 0.1}),
        OptimizerCase("ScheduleFreeAdamW", {"learning_rate": 0.2}),
    ]
