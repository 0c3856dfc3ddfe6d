"""LearningRateScheduler: the rate of each epoch."""

from __future__ import annotations

import pytest
from corne import callbacks
from corne.errors import ArgumentError, StateError


def test_learning_rate_scheduler(fake_model):
    for schedule in (lambda epoch: 0.1 / (epoch + 1), lambda epoch, rate: 0.1 / (epoch + 1)):
        callback = callbacks.LearningRateScheduler(schedule)
        model = fake_model()
        callback.set_model(model)
        callback.on_epoch_begin(3)
        assert model.optimizer.learning_rate == pytest.approx(0.025)
    bad = callbacks.LearningRateScheduler(lambda epoch, rate: None)
    bad.set_model(model)
    with pytest.raises(ArgumentError, match="returned None"):
        bad.on_epoch_begin(0)


def test_rates_that_are_schedules_are_not_set(fake_model):
    class Scheduled:
        _learning_rate = staticmethod(lambda step: 0.1)
        learning_rate = 0.1

    model = fake_model()
    model.optimizer = Scheduled()
    callback = callbacks.LearningRateScheduler(lambda epoch, rate: 0.5)
    callback.set_model(model)
    with pytest.raises(StateError, match="LearningRateSchedule"):
        callback.on_epoch_begin(0)
