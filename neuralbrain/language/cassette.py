"""The answers of a recorded run, which take the server's place when it is replayed."""

from collections.abc import Iterable

from neuralbrain.errors import RecordError
from neuralbrain.language.server import prompt_hash
from neuralbrain.messages import ModelReply, ModelRequest


class Cassette:
    """What a model answered in a recorded run.

    Args:
        replies: The answers.
    """

    def __init__(self, replies: Iterable[ModelReply]) -> None:
        self._replies = {reply.request: reply for reply in replies}

    def reply(self, request: ModelRequest, tick: int, late: bool) -> ModelReply | None:
        """Return the recorded answer to a question; None if it had not come by this tick.

        Args:
            request: What is asked now.
            tick: When.
            late: Whether answers came when they came; else each came at once.

        Raises:
            RecordError: Nothing of the sort was asked; the message says at which tick the two runs part.
        """
        found = self._replies.get(request.request)
        if found is None:
            raise RecordError(
                f"at tick {tick} the brain asks the model {request.request!r}, which was not asked in the "
                "recorded run: this is not the same run any more"
            )
        if found.prompt_sha256 != prompt_hash(request):
            raise RecordError(
                f"at tick {tick} the brain asks the model something else ({request.request!r}) than in the "
                f"recorded run: what was asked then has the hash {found.prompt_sha256[:16]}..., and now "
                f"{prompt_hash(request)[:16]}..."
            )
        return None if late and tick < found.tick else found
