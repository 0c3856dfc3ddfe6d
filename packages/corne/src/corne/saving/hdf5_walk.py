"""Run as a program: scan an HDF5 file as its readers do. The parent process sees whether the scan ends.

It imports nothing of Corne, so that it starts in a tenth of a second.
"""

import sys

import h5py

MOST_BYTES = 4 * 2**30
#: Chunks are read through up to this many bytes; a reader refuses a file that declares more than it has.
_MOST_READ = 2**30


def walk(path: str) -> None:
    """Visit every group, attribute and dataset, and read chunked data.

    Contiguous data is skipped: it is copied from one place, whose size was compared with the file's.
    """
    with h5py.File(path, "r") as file:
        stack, seen = [file], set()
        while stack:
            item = stack.pop()
            for name in item.attrs:
                item.attrs[name]
            for key in item if isinstance(item, h5py.Group) else ():
                if isinstance(item.get(key, getlink=True), h5py.HardLink):
                    child = item[key]
                    address = h5py.h5o.get_info(child.id).addr
                    if address not in seen and isinstance(child, h5py.Group | h5py.Dataset):
                        seen.add(address)
                        stack.append(child)
            if isinstance(item, h5py.Dataset) and not (item.external or item.is_virtual):
                stored = item.id.get_storage_size()
                if item.chunks is not None and item.nbytes < min(_MOST_READ, 100 * stored):
                    for part in item.iter_chunks():
                        item[part]


def limit(seconds: float) -> None:
    """Limit this process's memory and processor time, where the system can.

    Args:
        seconds: Limit on processor time. The parent stops this process sooner, unless it was killed itself.
    """
    try:
        import resource
    except ImportError:  # Windows
        return
    for kind, most in ((resource.RLIMIT_DATA, MOST_BYTES), (resource.RLIMIT_CPU, int(seconds) + 1)):
        _soft, hard = resource.getrlimit(kind)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    limit(float(sys.argv[2]))
    try:
        walk(sys.argv[1])
    except MemoryError:
        raise
    except Exception as error:  # the reader meets the same error and reports it
        print(error)
