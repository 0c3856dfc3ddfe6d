"""``python -m corne.saving.inspection FILE`` prints what is in a file as JSON; see :mod:`.apart`."""

import json
import sys

from corne.saving.hdf5_walk import limit
from corne.saving.inspection.apart import MOST_SECONDS
from corne.saving.inspection.files import examine

limit(MOST_SECONDS)
print(json.dumps(examine(sys.argv[1]).as_dict()))
