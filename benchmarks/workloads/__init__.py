"""What is measured, one workload a file."""

from benchmarks.workloads import cnn, gru_dropout, lstm, mlp, resnet, seed_mlp, transformer
from benchmarks.workloads._workload import Workload

__all__ = ["WORKLOADS", "Workload"]

TRAINED = (
    seed_mlp.WORKLOAD,
    mlp.WORKLOAD,
    cnn.WORKLOAD,
    resnet.WORKLOAD,
    lstm.WORKLOAD,
    gru_dropout.WORKLOAD,
    transformer.WORKLOAD,
)

#: Workload by name, in the order they are run and printed.
WORKLOADS: dict[str, Workload] = {
    workload.name: workload
    for workload in (
        *TRAINED,
        cnn.WORKLOAD.measured("predict", "predict"),
        seed_mlp.WORKLOAD.measured("predict-one", "predict_one"),
        seed_mlp.WORKLOAD.measured("call-one", "call_one"),
        seed_mlp.WORKLOAD.measured("import", "importing"),
    )
}
