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
    def _record(self) -> tuple[dict[str, str], dict[str, ModelReply]]:
        """What was asked (the hash of each prompt), and what was answered."""
        asked, replies = dict[str, str](), dict[str, ModelReply]()
        for emission in read_log(self._log, kinds={"model_request", "model_reply"}):
            message = emission.message
            if isinstance(message, ModelRequest):
                asked[message.request] = prompt_hash(message)
            elif isinstance(message, ModelReply) and emission.region == self._region:
                replies[message.request] = message
        return asked, replies

    def reply(self, request: ModelRequest, tick: int, late: bool) -> ModelReply | None:
        """Return the recorded answer to a question; None if it had not come by this tick.

        Args:
            request: What is asked now.
            tick: When.
            late: Whether answers came when they came; else each came at once.

        Raises:
            RecordError: Nothing of the sort was asked; the message says at which tick the two runs part.
        """
        asked, replies = self._record
        name = request.request
        if name not in asked:
            raise RecordError(
                f"at tick {tick} the brain asks the model {name!r}, which was not asked in {self._log}: this "
                "run is not the recorded one any more; was it made by another version?"
            )
        if asked[name] != (now := prompt_hash(request)):
            raise RecordError(
                f"at tick {tick} the brain asks the model something else ({name!r}) than was recorded in "
                f"{self._log}: the prompt then has the hash {asked[name][:16]}, now {now[:16]}; was it "
                "made by another version?"
            )
        found = replies.get(name)
        if found is None and not late:
            raise RecordError(f"at tick {tick} {self._log} has no answer of the model to {name!r}")
        return None if found is None or (late and tick < found.tick) else found
