"""Runs the AWS emulator for as long as somebody holds the other end of standard input.

The process that starts the local stack keeps that pipe open. When it goes, even by SIGKILL,
the pipe closes and the emulator ends itself as on SIGTERM, saving its state; then its whole
process group goes, functions included.
"""

import os
import signal
import sys
import threading


def end_with_parent() -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def run() -> None:
    threading.Thread(target=end_with_parent, daemon=True).start()
    sys.argv = ["ministack"]
    from ministack.app import main

    try:
        main()
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.killpg(os.getpgrp(), signal.SIGTERM)


if __name__ == "__main__":
    run()
