"""How a good engineer trains and asks a network in PyTorch alone.

The update is fused, the loss and the accuracy stay on the device until the end of an epoch, and images lie
in memory with their channels last.
"""

from __future__ import annotations

from benchmarks import figures
from benchmarks.figures import Figures
from benchmarks.workloads import Workload


def measure(workload: Workload, *, compiled: bool) -> Figures:
    """Run the workload; with ``torch.compile`` around forward pass and loss if ``compiled``."""
    numbers = workload.data()
    started = figures.now()
    import torch

    torch.manual_seed(0)
    imported = figures.now()
    x, y = map(torch.from_numpy, numbers)
    x = workload.prepare(x)
    network, loss_of = workload.network(), workload.loss()

    if workload.kind == "train":
        return _train(torch, workload, network, loss_of, x, y, compiled, started, imported)

    network.eval()
    forward = torch.compile(network) if compiled else network
    if workload.kind == "call_one":
        return figures.of_calls(started, imported, lambda: forward(x[:1]))

    @torch.inference_mode()
    def predict(x):
        parts = [forward(batch).softmax(-1) for batch in x.split(workload.batch_size)]
        return (parts[0] if len(parts) == 1 else torch.cat(parts)).numpy()

    if workload.kind == "predict_one":
        one = numbers[0][:1]
        return figures.of_calls(started, imported, lambda: predict(torch.from_numpy(one)))
    return figures.of_calls(started, imported, lambda: predict(x), -(-len(x) // workload.batch_size))


def _train(torch, workload, network, loss_of, x, y, compiled, started, imported) -> Figures:
    optimizer = workload.optimizer(network.parameters())

    def forward(inputs, targets):
        logits = network(inputs)
        return logits, loss_of(logits, targets)

    if compiled:
        forward = torch.compile(forward)
    network.train()
    ends, loss = [], 0.0
    for _ in range(1 + workload.epochs):
        correct, total = torch.zeros((), dtype=torch.int64), torch.zeros(())
        for index in torch.randperm(len(x)).split(workload.batch_size):
            inputs, targets = x.index_select(0, index), y.index_select(0, index)
            logits, value = forward(inputs, targets)
            optimizer.zero_grad(set_to_none=True)
            value.backward()
            optimizer.step()
            with torch.no_grad():
                found = logits.argmax(1) if logits.ndim == 2 else logits > 0
                correct += (found == targets).sum()
                total += value * len(index)
        loss, _ = float(total) / len(x), int(correct) / len(x)
        ends.append(figures.now())
    return figures.of_epochs(started, imported, ends, -(-len(x) // workload.batch_size), loss)
