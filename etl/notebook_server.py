"""
Runs JupyterLab with the arguments that it is given. Ends when its standard input closes: a command that is killed leaves
no server behind, nor the kernels of its notebooks, which it ends as it does at Ctrl-C.
"""

import os
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
    from jupyterlab.labapp import main as run  # installed where somebody wants notebooks

    run()


if __name__ == "__main__":
    main()
