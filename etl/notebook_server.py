"""
Runs JupyterLab with the arguments that it is given. Ends when its standard input closes: a command that is killed
leaves no server behind, nor the kernels of its notebooks.
"""

import os
import runpy
import signal
import sys
import threading

READ = 4096


def end_with_its_starter() -> None:
    while os.read(sys.stdin.fileno(), READ):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    # This folder is nothing that notebooks import from.
    sys.path.pop(0)
    threading.Thread(target=end_with_its_starter, daemon=True).start()
    runpy.run_module("jupyterlab", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
