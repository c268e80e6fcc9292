"""``python -m duzheng``."""

from duzheng.cli import main

main()
