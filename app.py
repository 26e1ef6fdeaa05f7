"""The app: settings and sign-in in the shell, pages as files of bcp_kit.pages."""

from bcp_kit.pages.parts.shell import run

run()
