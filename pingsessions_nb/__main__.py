"""``python -m pingsessions_nb`` is ``pingsessions``."""

import sys

from pingsessions_nb.cli import main

sys.exit(main())
