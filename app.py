"""The app: settings and sign-in in the shell, pages as files of bcp_kit.pages.

The guard is for solving processes: they import the main module, which is this script, and must not run it.
"""

if __name__ == "__main__":
    from bcp_kit.pages.parts.shell import run

    run()
