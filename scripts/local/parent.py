"""Ends a server together with the process that started it."""

import os
import signal
import sys
import threading


def end_with_parent() -> None:
    """Sends this process SIGTERM when nobody holds the other end of standard input any more.

    The process that starts the local stack keeps that pipe open. When it goes, even by SIGKILL,
    the pipe closes.
    """
    threading.Thread(target=_wait, daemon=True).start()


def _wait() -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
