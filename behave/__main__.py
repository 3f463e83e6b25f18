"""Run the command line as ``python -m behave``."""

from behave.cli import main

if __name__ == "__main__":
    main()
