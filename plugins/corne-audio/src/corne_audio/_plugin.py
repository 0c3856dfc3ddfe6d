"""What corne-audio registers."""

from __future__ import annotations

from corne.plugins import hookimpl

CORNE_API = 1


@hookimpl
def corne_layers() -> dict[str, str]:
    """Return name to ``module:class``."""
    return {
        "MelSpectrogram": "corne_audio.mel_spectrogram:MelSpectrogram",
        "STFTSpectrogram": "corne_audio.stft_spectrogram:STFTSpectrogram",
    }


@hookimpl
def corne_readers() -> dict[str, str]:
    """Return the endings of sound files that libsndfile decodes."""
    return dict.fromkeys((".flac", ".mp3", ".ogg", ".wav"), "corne_audio.read_sound:read_sound")
