"""Graphs that are rewritten for the compiler do what they did."""

from __future__ import annotations

import pytest
import torch
from corne_torch.traced.rewrites import keep_sums_whole, rewrite
from torch.fx.experimental.proxy_tensor import make_fx

aten, corne = torch.ops.aten, torch.ops.corne


def _rewritten(function, *arrays):
    """Return what the function returns, what its rewritten graph returns, and what that calls."""
    graph = make_fx(function, tracing_mode="fake")(*arrays)
    before = graph(*arrays)
    rewrite(graph.graph)
    graph.graph.lint()
    graph.recompile()
    return before, graph(*arrays), [node.target for node in graph.graph.nodes]


@pytest.mark.parametrize("keepdim", [True, False])
@pytest.mark.parametrize("axes", [[0, 1], [-2, 0]])
def test_sums_of_large_arrays_are_called(axes, keepdim):
    x = torch.randn(64, 128, 5)
    _, _, calls = _rewritten(lambda x: ((x * 2).sum(axes, keepdim), x * 2 + 1, (x * 2).mean()), x)
    assert corne.column_sums.default not in calls  # three products, each with one user

    def shared(x):
        y = x * 2
        return y.sum(axes, keepdim), y + 1

    before, after, calls = _rewritten(shared, x)
    assert corne.column_sums.default in calls
    assert aten.sum.dim_IntList not in calls
    assert torch.equal(before[0], after[0])


@pytest.mark.parametrize(
    ("shape", "axes", "dtype"),
    [((64, 128, 5), [1], None), ((64, 128, 5), [1, 2], None), ((64, 128, 5), None, None), ((8, 8, 5), [0, 1], None), ((64, 128, 5), [0, 1], torch.float64)],
)  # fmt: skip
def test_other_sums_stay(shape, axes, dtype):
    before, after, calls = _rewritten(lambda x: (x.sum(axes, dtype=dtype), x + 1), torch.randn(shape))
    assert corne.column_sums.default not in calls
    assert torch.equal(before[0], after[0])


@pytest.mark.parametrize(
    ("rows", "inner", "columns", "turns"),
    [
        (128, 512, 10, True),
        (512, 128, 1, True),
        (128, 64, 64, False),
        (16, 512, 10, False),
        (512, 16, 10, False),
    ],
)
def test_narrow_products_are_turned(rows, inner, columns, turns):
    x, w = torch.randn(rows, inner, dtype=torch.float64), torch.randn(inner, columns, dtype=torch.float64)
    before, after, calls = _rewritten(lambda x, w: torch.relu(x @ w), x, w)
    assert (aten.permute.default in calls) is turns
    torch.testing.assert_close(after, before, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("bias", [(7,), (5, 7)])
def test_biases_are_separate_and_their_sums_the_same_numbers(bias):
    x, w, b = torch.randn(5, 3), torch.randn(3, 7), torch.randn(bias)
    before, after, calls = _rewritten(lambda x, w, b: torch.relu(x @ w + b * 2), x, w, b)
    assert aten.sub.Tensor in calls
    assert aten.add.Tensor not in calls
    assert torch.equal(before, after)


@pytest.mark.parametrize(
    "bias", [torch.tensor([3, 200, 7], dtype=torch.uint8), torch.tensor([True, False, True])]
)
def test_what_has_no_opposite_is_added_as_it_was(bias):
    before, after, calls = _rewritten(lambda x, w, b: x @ w + b, torch.randn(5, 4), torch.randn(4, 3), bias)
    assert aten.add.Tensor in calls
    assert torch.equal(before, after)


def test_what_pooling_holds_is_held():
    x = torch.randn(5)
    before, after, calls = _rewritten(lambda x: corne.hold(x + 1) * 2, x)
    assert torch.ops._inductor_test.realize.default in calls
    assert corne.hold.default not in calls
    assert torch.equal(before, after)


def test_numbers_are_held_for_arrays_only():
    x, rate = torch.randn(5), torch.tensor(0.5)
    before, after, calls = _rewritten(lambda x, rate: x * (1 - rate * rate), x, rate)
    assert calls.count(torch.ops._inductor_test.realize.default) == 1
    assert torch.equal(before, after)


def _normalized(x, w, scale, shift, bias=None, **options):
    """Convolve images, add a bias, put channels last, scale and shift them, and take relu."""
    y = torch.conv2d(x, w, None, **options)
    y = y if bias is None else y + bias.view(-1, 1, 1)
    return torch.relu(y.permute(0, 2, 3, 1) * scale + shift)


def _arrays(*shapes):
    generator = torch.Generator().manual_seed(1)
    return [torch.randn(shape, dtype=torch.float64, generator=generator) for shape in shapes]


@pytest.mark.parametrize("options", [{}, {"stride": 2, "padding": 1}, {"groups": 2}, {"dilation": 2}])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("factor", [(6,), (1, 1, 1, 6)])
def test_factors_of_channels_become_part_of_a_convolution(options, bias, factor):
    x, w, scale, shift, b = _arrays(
        (3, 4, 12, 12), (6, 4 // options.get("groups", 1), 3, 3), factor, (6,), (6,)
    )
    arrays = (x, w, scale, shift, b) if bias else (x, w, scale, shift)
    before, after, calls = _rewritten(lambda *arrays: _normalized(*arrays, **options), *arrays)
    assert calls.index(aten.mul.Tensor) < calls.index(aten.convolution.default)
    torch.testing.assert_close(after, before, rtol=1e-12, atol=1e-12)


def test_a_convolutions_own_bias_is_scaled_too():
    arrays = _arrays((3, 4, 12, 12), (6, 4, 3, 3), (6,), (6, 1, 1))
    before, after, calls = _rewritten(lambda x, w, b, scale: scale * torch.conv2d(x, w, b), *arrays)
    assert calls.count(aten.mul.Tensor) == 2
    torch.testing.assert_close(after, before, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("function", "factor"),
    [
        (lambda x, w, s: torch.conv2d(x, w) * s, (3, 1, 1, 1)),  # for each image
        (lambda x, w, s: torch.conv2d(x, w) * s, (10, 1)),  # for each row
        (lambda x, w, s: torch.conv2d(x, w) * s, (6, 10, 10)),
        (lambda x, w, s: torch.conv2d(x, w) * s, (2, 3, 6, 10, 10)),
        (lambda x, w, s: torch.conv2d(x, w) * 2.0, (1,)),
        (lambda x, w, s: torch.conv_transpose2d(x, w.transpose(0, 1)) * s, (6, 1, 1)),
        (lambda x, w, s: torch.conv2d(x[:, :, :3, :3], w) * s, (6, 1, 1)),  # more weights than results
        (lambda x, w, s: torch.conv2d(x, w).relu() * s, (6, 1, 1)),
        (lambda x, w, s: (y := torch.conv2d(x[:1, :, :3, :3], w[:, :, :3, :3])) * y, (6, 1, 1)),
        (lambda x, w, s: torch.conv2d(x.float(), w.float()) * s, (6, 1, 1)),
    ],
)
def test_other_products_stay(function, factor):
    before, after, calls = _rewritten(function, *_arrays((3, 4, 12, 12), (6, 4, 3, 3), factor))
    assert calls.index(aten.mul.Tensor) > calls.index(aten.convolution.default)
    assert torch.equal(before, after)


def test_a_result_that_is_wanted_as_it_is_stays():
    def function(x, w, s):
        y = torch.conv2d(x, w)
        return y * s, y

    before, after, calls = _rewritten(function, *_arrays((3, 4, 12, 12), (6, 4, 3, 3), (6, 1, 1)))
    assert calls.index(aten.mul.Tensor) > calls.index(aten.convolution.default)
    assert torch.equal(before[0], after[0])
    assert torch.equal(before[1], after[1])


def _pooled(y, window=2):
    """Return the maxima of windows of images, channels last, after relu."""
    n, rows, columns, channels = y.shape
    y = torch.relu(y)[:, : rows // window * window, : columns // window * window]
    return y.view(n, rows // window, window, columns // window, window, channels).amax((2, 4))


@pytest.mark.parametrize("options", [{}, {"padding": 1}, {"stride": 2, "padding": (2, 0)}, {"dilation": 2}])
@pytest.mark.parametrize("bias", [True, False])
def test_convolutions_of_gray_images_that_are_pooled_are_written_out(options, bias):
    x, w, b = (array.float() for array in _arrays((3, 1, 14, 17), (8, 1, 3, 3), (8,)))

    def function(x, w, b):
        y = torch.conv2d(x, w, **options).permute(0, 2, 3, 1)
        return _pooled(y + b if bias else y)

    before, after, calls = _rewritten(function, x, w, b)
    assert aten.convolution.default not in calls
    torch.testing.assert_close(after, before, rtol=1e-5, atol=1e-5)
    assert rewrite(make_fx(function, tracing_mode="fake")(x, w, b).graph)["realize_acc_reads_threshold"] > 9


@pytest.mark.parametrize(
    ("channels", "filters", "kind"),
    [
        (2, 8, "pooled"),  # 18 products for each result
        (1, 12, "pooled"),
        (1, 8, "returned"),
        (1, 8, "doubled"),
        (1, 8, "wide"),
        (1, 8, "double"),
    ],
)
def test_other_convolutions_stay(channels, filters, kind):
    x, w = _arrays((3, channels, 14, 17), (filters, channels, 3, 3))
    if kind != "double":
        x, w = x.float(), w.float()

    def function(x, w):
        y = torch.conv2d(x, w).permute(0, 2, 3, 1)
        if kind == "returned":
            return _pooled(y), y
        if kind == "doubled":
            return _pooled(y) + y.sum((1, 2), keepdim=True)
        return _pooled(y, 4 if kind == "wide" else 2)

    _, _, calls = _rewritten(function, x, w)
    assert aten.convolution.default in calls


def test_a_convolution_without_a_plane_is_written_out():
    x, w = (array.float() for array in _arrays((3, 1, 21), (8, 1, 5)))

    def function(x, w):
        y = torch.conv1d(x, w, padding=1).permute(0, 2, 1)
        return torch.relu(y)[:, :18].view(3, 9, 2, 8).amax(2)

    before, after, calls = _rewritten(function, x, w)
    assert aten.convolution.default not in calls
    torch.testing.assert_close(after, before, rtol=1e-5, atol=1e-5)


def test_sums_into_rows_stay_whole():
    table, rows, indices = torch.randn(5, 3), torch.randn(8, 3), torch.randint(0, 5, (8,))

    def function(table, rows, indices):
        gradient = aten.embedding_dense_backward(rows, indices, 5, 1, False)
        return gradient, torch.index_add(table, 0, indices, rows, alpha=2)

    graph = make_fx(function, tracing_mode="fake")(table, rows, indices)
    before = graph(table, rows, indices)
    calls = {node.target for node in keep_sums_whole(graph).graph.nodes}
    assert calls >= {corne.embedding_sums.default, corne.row_sums.default}
    for one, other in zip(before, graph(table, rows, indices)):
        assert torch.equal(one, other)
