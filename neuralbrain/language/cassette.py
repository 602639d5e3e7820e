"""The answers of a recorded run, which take the server's place when it is replayed."""

from pydantic import BaseModel, ConfigDict

from neuralbrain.errors import RecordError
from neuralbrain.language.server import prompt_hash
from neuralbrain.messages import ModelReply, ModelRequest


class Cassette(BaseModel):
    """What a model was asked and answered in a recorded run.

    Attributes:
        asked: Question -> the hash of what was asked.
        replies: The answers.
    """

    model_config = ConfigDict(frozen=True)

    asked: dict[str, str]
    replies: tuple[ModelReply, ...]

    def reply(self, request: ModelRequest, tick: int, late: bool) -> ModelReply | None:
        """Return the recorded answer to a question; None if it had not come by this tick.

        Args:
            request: What is asked now.
            tick: When.
            late: Whether answers came when they came; else each came at once.

        Raises:
            RecordError: Nothing of the sort was asked; the message says at which tick it is asked now.
        """
        name, asked = request.request, f"at tick {request.tick} {request.source!r} asks the model"
        if name not in self.asked:
            raise RecordError(
                f"{asked} {name!r}, which was not asked in the record: this run is not the recorded one any "
                "more; was it made by another version?"
            )
        if self.asked[name] != (now := prompt_hash(request)):
            raise RecordError(
                f"{asked} something else ({name!r}) than was recorded: the prompt then has the hash "
                f"{self.asked[name][:16]}, now {now[:16]}; was it made by another version?"
            )
        found = next((reply for reply in self.replies if reply.request == name), None)
        if found is None and not late:
            raise RecordError(f"at tick {tick} the record has no answer of the model to {name!r}")
        return None if found is None or (late and tick < found.tick) else found
