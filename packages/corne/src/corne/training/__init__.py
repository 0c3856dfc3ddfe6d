"""Training: the loop of ``fit``, and what packages build on to watch one.

>>> FitObserver().recorder() is None
True
"""

from corne._lazy import attach

__getattr__, __dir__ = attach(
    __name__,
    {
        "BatchRecorder": "corne.training.adapters.batch_recorder:BatchRecorder",
        "BatchSource": "corne.training.batch_source:BatchSource",
        "DataAdapter": "corne.training.adapters.adapter:DataAdapter",
        "DataRanOutWarning": "corne.training.batch_source:DataRanOutWarning",
        "FitObserver": "corne.training.fit_observer:FitObserver",
        "FitOptions": "corne.training.fit_options:FitOptions",
        "FitRun": "corne.training.fit_run:FitRun",
        "Position": "corne.training.fit_observer:Position",
        "as_numbers": "corne.training.logs:as_numbers",
        "check_frequency": "corne.training.frequency:check_frequency",
        "fingerprint": "corne.training.fingerprints:fingerprint",
    },
)
