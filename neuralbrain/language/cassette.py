"""The answers of a recorded run, which take the server's place when it is replayed."""

from functools import cached_property
from pathlib import Path

from neuralbrain.errors import RecordError
from neuralbrain.language.server import prompt_hash
from neuralbrain.messages import ModelReply, ModelRequest
from neuralbrain.record.log import read_log


class Cassette:
    """What a model answered in a recorded run.

    Args:
        log: The run's log.
        region: The region that asked the model.
    """

    def __init__(self, log: Path, region: str) -> None:
        self._log, self._region = log, region

    @cached_property
    def _replies(self) -> dict[str, ModelReply]:
        found = read_log(
            self._log, where=lambda region, port, kind: region == self._region and kind == "model_reply"
        )
        return {
            emission.message.request: emission.message
            for emission in found
            if isinstance(emission.message, ModelReply)
        }

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
                f"at tick {tick} the brain asks the model {request.request!r}, which {self._log} has no "
                "answer to: this run is not the recorded one any more"
            )
        if found.prompt_sha256 != prompt_hash(request):
            raise RecordError(
                f"at tick {tick} the brain asks the model something else ({request.request!r}) than was "
                f"recorded in {self._log}: what was asked then has the hash {found.prompt_sha256[:16]}..., "
                f"and now {prompt_hash(request)[:16]}..."
            )
        return None if late and tick < found.tick else found
