"""Runs the AWS emulator for as long as somebody holds the other end of standard input.

The process that starts the local stack keeps that pipe open. When it goes, even by SIGKILL,
the pipe closes and the emulator ends itself as on SIGTERM, saving its state; then its whole
process group goes, functions included.
"""

import json
import os
import pathlib
import signal
import sys
import threading

from parent import end_with_parent


def forget_stream_positions() -> None:
    """Lets consumers of table streams begin with the first record after a restart.

    The emulator keeps how far each of them had read, but not the records themselves: counted
    anew from nothing, that many changes would be passed over.
    """
    saved = pathlib.Path(os.environ.get("STATE_DIR", "")) / "lambda.json"
    if not saved.is_file():
        return
    state = json.loads(saved.read_text())
    positions = state.get("payload", {}).get("dynamodb_stream_positions")
    if isinstance(positions, dict) and positions.get("data"):
        positions["data"] = {}
        saved.write_text(json.dumps(state))


# AWS authorizes these calls by the action of their single form; there are no such IAM actions.
BATCH_ACTIONS = {
    "sqs:SendMessageBatch": "sqs:SendMessage",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
}


def authorize_batches_as_aws() -> None:
    """Lets roles that AWS accepts be accepted here; the emulator asks for actions of its own naming."""
    from ministack.core import iam_actions

    named = iam_actions.extract_iam_action

    def as_aws(*args: object, **kwargs: object) -> str | None:
        action = named(*args, **kwargs)
        return BATCH_ACTIONS.get(action, action)

    iam_actions.extract_iam_action = as_aws


# Takes a line feed's place while a path is matched; in no path by any other way.
PLACEHOLDER = "\ue000"


def match_line_feeds_as_aws() -> None:
    """Lets a path with an encoded line feed reach its own route instead of the default one.

    The emulator matches `{proxy+}` by a regular expression whose dot stops at line feeds.
    """
    from ministack.services import apigateway

    extract = apigateway._extract_path_params

    def as_aws(route_path: str, request_path: str) -> dict | None:
        found = extract(route_path, request_path.replace("\n", PLACEHOLDER))
        if found is None:
            return None
        return {name: value.replace(PLACEHOLDER, "\n") for name, value in found.items()}

    apigateway._extract_path_params = as_aws


# Processes for one function. A call that finds them all busy waits for its turn: a process for each
# of some hundred calls at once, as the emulator would start them, is more than a laptop bears.
INSTANCES_PER_FUNCTION = 4

# Of functions that wait for others' servers there are more: those that hang take up a few of them, and
# what is for others goes by the rest, as on AWS.
WAITING_FUNCTIONS = ("WebhooksPost", "PushWork")
WAITING_INSTANCES = 8


def instances_of(name: str) -> int:
    waits = any(part in name for part in WAITING_FUNCTIONS)
    return WAITING_INSTANCES if waits else INSTANCES_PER_FUNCTION


def take_turns() -> None:
    from ministack.services import lambda_svc

    run_now = lambda_svc._execute_function_warm
    turns: dict[str, threading.BoundedSemaphore] = {}
    lock = threading.Lock()

    def turn_of(name: str) -> threading.BoundedSemaphore:
        with lock:
            if name not in turns:
                turns[name] = threading.BoundedSemaphore(instances_of(name))
            return turns[name]

    def run_in_turn(func: dict, *args: object) -> dict:
        name = (func.get("config") or func).get("FunctionName", "")
        with turn_of(name):
            return run_now(func, *args)

    lambda_svc._execute_function_warm = run_in_turn


def run_groups_side_by_side() -> None:
    """Lets functions of FIFO queues run for several groups at a time, as on AWS.

    The emulator runs one at a time, for fear of two batches of one group; but its queues already
    deliver nothing of a group of which a message is in flight.
    """
    from ministack.services import lambda_svc

    as_standard = lambda_svc._sqs_esm_concurrency

    def side_by_side(esm: dict, func_rec: dict, config: dict, queue: dict | None = None) -> int:
        return as_standard(esm, func_rec, config, None)

    lambda_svc._sqs_esm_concurrency = side_by_side


def run() -> None:
    forget_stream_positions()
    authorize_batches_as_aws()
    take_turns()
    run_groups_side_by_side()
    match_line_feeds_as_aws()
    end_with_parent()
    sys.argv = ["ministack"]
    from ministack.app import main

    try:
        main()
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.killpg(os.getpgrp(), signal.SIGTERM)


if __name__ == "__main__":
    run()
