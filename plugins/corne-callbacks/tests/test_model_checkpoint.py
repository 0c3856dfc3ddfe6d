"""ModelCheckpoint: when it saves, and under which name."""

from __future__ import annotations

import pytest
from corne import callbacks
from corne.errors import ArgumentError


def test_model_checkpoint_names_and_best_only(tmp_path, run):
    every = callbacks.ModelCheckpoint(tmp_path / "{epoch:02d}-{val_loss:.1f}.keras")
    assert run(every, [1.0, 0.5])[0].saved == ["01-1.0.keras", "02-0.5.keras"]
    best = callbacks.ModelCheckpoint(tmp_path / "{epoch}.keras", save_best_only=True)
    assert run(best, [1.0, 2.0, 0.5])[0].saved == ["1.keras", "3.keras"]
    beaten = callbacks.ModelCheckpoint(
        tmp_path / "{epoch}.keras", save_best_only=True, initial_value_threshold=0.7
    )
    assert run(beaten, [1.0, 0.6])[0].saved == ["2.keras"]
    with pytest.raises(ArgumentError, match="fields among"):
        run(callbacks.ModelCheckpoint(tmp_path / "{nope}.keras"), [1.0])
    with pytest.raises(ArgumentError, match=r"\.weights\.h5"):
        callbacks.ModelCheckpoint(tmp_path / "m.keras", save_weights_only=True)
    with pytest.raises(ArgumentError, match="save_freq"):
        callbacks.ModelCheckpoint(tmp_path / "m.keras", save_freq="always")


def test_model_checkpoint_every_so_many_batches(tmp_path, fake_model):
    callback = callbacks.ModelCheckpoint(tmp_path / "{epoch}-{batch}.keras", save_freq=3)
    model = fake_model()
    callback.set_model(model)
    for epoch in range(2):
        callback.on_epoch_begin(epoch)
        for batch in range(4):
            callback.on_train_batch_end(batch, {})
    assert model.saved == ["1-3.keras", "2-2.keras"]  # batches 3 and 6 of eight


def test_numbers_are_printed_with_five_decimals(tmp_path, run, capsys):
    noisy = callbacks.ModelCheckpoint(tmp_path / "{epoch}.keras", save_best_only=True, verbose=1)
    run(noisy, [0.31005990505218506, 0.5, 0.00012345678])
    printed = capsys.readouterr().out
    assert "improved from None to 0.31006." in printed
    assert "did not improve from 0.31006." in printed
    assert "improved from 0.31006 to 1.2346e-04." in printed
