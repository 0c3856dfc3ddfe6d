"""``python -m corne.saving.inspection FILE`` prints what is in a file as JSON; see :mod:`.apart`."""

import json
import sys

from corne.saving.inspection.apart import limit_this_process
from corne.saving.inspection.files import examine

limit_this_process()
print(json.dumps(examine(sys.argv[1]).as_dict()))
