"""The labels that are likely, given the outputs of a network trained with CTC."""

from __future__ import annotations

from corne import checks, dtypes, ops
from corne.backend import Array
from corne.errors import ShapeError
from corne.operation import dtype_of, op, to, xp

#: Logarithm of a probability of 0; finite, so that sums and differences stay so.
_NEVER = -1e30


@op(2)
def ctc_decode(
    inputs: Array,
    sequence_lengths: Array,
    strategy: str = "greedy",
    beam_width: int = 100,
    top_paths: int = 1,
    merge_repeated: bool = True,
    mask_index: int = 0,
) -> tuple[Array, Array]:
    """Return likely label sequences and their scores.

    "greedy" takes the best class at each step, drops repetitions and masks; "beam_search" sums over the
    alignments of the ``beam_width`` best beginnings.

    Args:
        inputs: Logits of the classes at each step.
        sequence_lengths: How many steps count of each sequence.
        strategy: "greedy" or "beam_search". Default "greedy".
        beam_width: How many beginnings "beam_search" keeps. Default 100.
        top_paths: How many sequences "beam_search" returns. Default 1.
        merge_repeated: Whether "greedy" drops repetitions. Default True.
        mask_index: The class that stands for no label. Default 0.

    Returns:
        Labels as int32, -1 where there are no more, best first; and scores: the negative sum of the largest logits
        for "greedy", the logarithms of the probabilities for "beam_search".

    Shapes:
        inputs ``(batch, steps, classes)``; lengths ``(batch,)``; labels ``(top_paths, batch, steps)``, scores
        ``(batch, top_paths)``. ``top_paths`` is 1 for "greedy".

    Raises:
        ArgumentError: An unknown strategy, or numbers out of range.
        ShapeError: Other axes.

    Source: Graves, Supervised Sequence Labelling with Recurrent Neural Networks, section 7.5,
    https://doi.org/10.1007/978-3-642-24797-2

    >>> labels, scores = ctc_decode([[[0.0, 3.0], [0.0, 3.0], [2.0, 0.0]]], [3])
    >>> labels.tolist(), scores.tolist()
    ([[[1, -1, -1]]], [[-8.0]])
    """
    where = "ops.ctc_decode"
    checks.one_of(f"{where}(strategy=…)", strategy, ("greedy", "beam_search"))
    if len(inputs.shape) != 3:
        raise ShapeError(f"{where}(inputs)", "(batch, steps, classes)", f"shape {tuple(inputs.shape)}")
    classes = inputs.shape[2]
    checks.integer(f"{where}(mask_index=…)", mask_index, least=0, most=classes - 1)
    inputs = to(inputs, dtypes.result_type(dtype_of(inputs), "float32"))
    lengths = to(sequence_lengths, "int64")
    if strategy == "greedy":
        return _greedy(inputs, lengths, merge_repeated, mask_index)
    checks.integer(f"{where}(beam_width=…)", beam_width, least=1)
    checks.integer(f"{where}(top_paths=…)", top_paths, least=1, most=beam_width)
    return _beam_search(inputs, lengths, beam_width, top_paths, mask_index)


def _greedy(inputs: Array, lengths: Array, merge_repeated: bool, mask_index: int) -> tuple[Array, Array]:
    space = xp()
    steps = inputs.shape[1]
    counts = space.arange(steps)[None, :] < lengths[:, None]
    best = to(space.argmax(inputs, axis=-1), "int32")
    scores = space.where(counts, space.max(inputs, axis=-1), to(0.0, dtype_of(inputs)))
    mask = to(mask_index, "int32")
    best = space.where(counts, best, mask)
    kept = best != mask
    if merge_repeated:
        changes = best[:, 1:] != best[:, :-1]
        kept = kept & space.concat([space.ones_like(kept[:, :1]), changes], axis=1)
    labels = space.where(kept, best, to(-1, "int32"))
    order = space.argsort(space.where(kept, space.arange(steps)[None, :], steps), axis=-1, stable=True)
    labels = space.take_along_axis(labels, order, axis=-1)
    return space.expand_dims(labels, axis=0), space.expand_dims(-space.sum(scores, axis=1), axis=1)


def _beam_search(
    inputs: Array, lengths: Array, width: int, top_paths: int, mask_index: int
) -> tuple[Array, Array]:
    """Search by prefixes: each keeps the probability of ending in the mask and of ending in its last label."""
    space = xp()
    batch, steps, classes = inputs.shape
    scores = ops.log_softmax(inputs, axis=-1)
    never = to(_NEVER, dtype_of(scores))
    label = space.arange(classes)
    # One beginning, the empty one; the others are impossible until extensions take their place.
    paths = space.full((batch, width, steps), -1, dtype=lengths.dtype)
    size = space.zeros((batch, width), dtype=lengths.dtype)
    is_first = space.broadcast_to(space.arange(width)[None, :] == 0, (batch, width))
    masked = space.where(is_first, to(0.0, dtype_of(scores)), never)
    labelled = space.zeros_like(masked) + _NEVER
    for step in range(steps):
        now = scores[:, step, :]
        total = space.logaddexp(masked, labelled)
        place = space.clip(size - 1, 0, None)[..., None]
        tail = space.take_along_axis(paths, place, axis=2)[..., 0]  # -1 for the empty beginning
        stays = space.where(tail >= 0, labelled + _at(now, tail), never)
        # extended[b, w, c]: beginning w followed by c. A repeated label needs a mask between.
        repeats = tail[..., None] == label
        extended = space.where(repeats, masked[..., None], total[..., None]) + now[:, None, :]
        extended = space.where(label == mask_index, never, extended)
        # An extension that is another beginning already is added to that one.
        # Impossible beginnings fill the places that are left; they are nobody's parent or child.
        lives = total > _NEVER / 2
        parent = _is_parent(paths, size, tail) & lives[:, :, None] & lives[:, None, :]
        gained = space.take_along_axis(
            extended, space.broadcast_to(space.clip(tail, 0, None)[:, None, :], (batch, width, width)), axis=2
        )  # [b, w, v]: beginning w followed by the last label of v
        stays = space.logaddexp(stays, _most(space.where(parent, gained, never)))
        taken = space.any(parent[..., None] & (tail[:, None, :, None] == label), axis=2)
        extended = space.where(taken, never, extended)
        stay_masked = total + now[:, mask_index][:, None]
        # Choose among beginnings that stay and all extensions.
        worth = space.concat(
            [space.logaddexp(stay_masked, stays), space.reshape(extended, (batch, width * classes))], axis=1
        )
        chosen = space.flip(space.argsort(worth, axis=1, stable=True), axis=1)[:, :width]
        is_stay = chosen < width
        extension = space.clip(chosen - width, 0, None)
        source = space.where(is_stay, chosen, extension // classes)
        added = extension % classes
        new_size = space.take_along_axis(size, source, axis=1)
        new_paths = space.take_along_axis(
            paths, space.broadcast_to(source[..., None], (batch, width, steps)), axis=1
        )
        here = (space.arange(steps) == new_size[..., None]) & ~is_stay[..., None]
        new_paths = space.where(here, added[..., None], new_paths)
        new_masked = space.where(is_stay, space.take_along_axis(stay_masked, source, axis=1), never)
        new_labelled = space.where(
            is_stay,
            space.take_along_axis(stays, source, axis=1),
            space.take_along_axis(space.reshape(extended, (batch, -1)), extension, axis=1),
        )
        goes_on = (step < lengths)[:, None]
        paths = space.where(goes_on[..., None], new_paths, paths)
        size = space.where(goes_on, new_size + to(~is_stay, dtype_of(size)), size)
        masked = space.where(goes_on, space.clip(new_masked, _NEVER, None), masked)
        labelled = space.where(goes_on, space.clip(new_labelled, _NEVER, None), labelled)
    total = space.logaddexp(masked, labelled)
    best = space.flip(space.argsort(total, axis=1, stable=True), axis=1)[:, :top_paths]
    found = space.take_along_axis(
        paths, space.broadcast_to(best[..., None], (batch, top_paths, steps)), axis=1
    )
    return to(space.permute_dims(found, (1, 0, 2)), "int32"), space.take_along_axis(total, best, axis=1)


def _at(now: Array, tail: Array) -> Array:
    """Return the scores of each beginning's last label."""
    return xp().take_along_axis(now, xp().clip(tail, 0, None), axis=1)


def _most(x: Array) -> Array:
    """Return the largest along axis 1; at most one beginning is the parent of another."""
    return xp().max(x, axis=1)


def _is_parent(paths: Array, size: Array, tail: Array) -> Array:
    """Return ``[b, w, v]``: whether beginning v is beginning w followed by one label."""
    space = xp()
    without_last = space.where(space.arange(paths.shape[2]) == (size - 1)[..., None], -1, paths)
    same = space.all(paths[:, :, None, :] == without_last[:, None, :, :], axis=3)
    return same & (size[:, :, None] + 1 == size[:, None, :]) & (tail >= 0)[:, None, :]
