"""``python -m corne_cli.inspection FILE`` prints the contents of a file as JSON; see :mod:`.isolated`."""

import json
import sys

from corne.saving.hdf5_walk import limit

from corne_cli.inspection.files import examine
from corne_cli.inspection.isolated import MOST_SECONDS

limit(MOST_SECONDS)
print(json.dumps(examine(sys.argv[1]).as_dict()))
