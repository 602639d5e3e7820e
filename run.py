"""The command line, from a checkout: ``python run.py --help``. Installed it is called ``neuralbrain``."""

from neuralbrain.cli import main

if __name__ == "__main__":
    main()
