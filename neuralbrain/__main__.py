"""The command line, from an installation: ``python -m neuralbrain --help``; also called ``neuralbrain``."""

from neuralbrain.cli import main

if __name__ == "__main__":
    main()
