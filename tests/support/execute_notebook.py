"""Executes a notebook in place: `python execute_notebook.py FILE`.

A kernel gets the cells one after the other; what it publishes becomes their outputs. Ends with 1 at the first cell
that fails, with its error as the message. Not nbclient: it plays the page for ipywidgets' Output on the channel on
which it waits for the cell's reply, and sometimes never sees the reply
(https://github.com/jupyter/nbclient/issues/312).
"""

import sys
from collections.abc import Callable
from typing import Any

import nbformat
from jupyter_client.manager import start_new_kernel

SECONDS_A_CELL = 120
OUTPUTS = {"stream", "display_data", "execute_result", "error"}


def collector(outputs: list[Any]) -> Callable[[dict[str, Any]], None]:
    """Takes a message of the kernel as an output, where it is one."""

    def collect(message: dict[str, Any]) -> None:
        if message["msg_type"] in OUTPUTS:
            outputs.append(nbformat.v4.output_from_msg(message))

    return collect


def execute(path: str) -> str | None:
    """The first error, as the kernel words it; the file then holds the outputs until there."""
    notebook = nbformat.read(path, as_version=4)
    manager, client = start_new_kernel(kernel_name="python3")
    try:
        for cell in notebook.cells:
            if cell.cell_type != "code":
                continue
            cell.outputs = []
            reply = client.execute_interactive(
                cell.source, output_hook=collector(cell.outputs), allow_stdin=False, timeout=SECONDS_A_CELL
            )
            if reply["content"]["status"] != "ok":
                return "\n".join(reply["content"].get("traceback", ["The kernel refused the cell."]))
        return None
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        nbformat.write(notebook, path)


if __name__ == "__main__":
    sys.exit(execute(sys.argv[1]))
