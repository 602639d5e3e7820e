"""What to set where a model's server cannot be used."""

from neuralbrain.language.faults import Fault
from neuralbrain.language.key import KEY, URL, default_url, key
from neuralbrain.language.server import Server


def no_key(server: Server) -> str:
    """Return one line that says where a key goes that is missing."""
    return (
        f"{server.base_url} wants a key: set {KEY} in the environment or in .env, or set {URL} to a "
        "server of your own"
    )


def advice(server: Server, fault: Fault, reason: str) -> str:
    """Return one line that says what is wrong and what to set.

    Args:
        server: What was asked.
        fault: What went wrong.
        reason: Likewise, in words.
    """
    at = server.base_url
    match fault:
        case "unreached" | "network" | "timeout":
            return f"no server answers at {at} ({reason}): start it, or set {URL} (--base-url)"
        case "denied" if default_url() != at:
            return (
                f"{at} wants a key, and {KEY} goes only to the server in {URL}: set {URL} to {at} ({reason})"
            )
        case "denied" if key(at) is None:
            return f"{at} wants a key: set {KEY} ({reason})"
        case "denied":
            return f"{at} does not take the key in {KEY}: {reason}"
        case "protocol":
            return (
                f"what answers at {at} is no OpenAI-compatible server ({reason}): set {URL} (--base-url), "
                "which often ends with /v1"
            )
        case "model":
            return (
                f"{at} has no model {server.model!r}, or is not the whole address: look at --model, and at "
                f"{URL} (--base-url), which often ends with /v1 ({reason})"
            )
    return f"the model {server.model!r} at {at} does not answer: {reason}"
