"""``python -m portal_app`` is the command line."""

from portal_app.cli import main

main()
