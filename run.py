"""The command line, from a checkout: ``python run.py --help``. Installed it is called ``neuralbrain``."""

import sys

try:
    from neuralbrain.cli import main
except ImportError as error:  # another Python, or a package is missing
    sys.exit(f"error: {error}")

if __name__ == "__main__":
    main()
