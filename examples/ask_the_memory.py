"""Two episodes that share a memory, and then a question about them.

    python examples/ask_the_memory.py

The second instruction is one that the cortex does not understand: it says so, and nothing moves. The
hippocampus remembers that, too. On the command line this is ``run.py episode --memory FOLDER`` and
``run.py recall FOLDER QUESTION``.
"""

import tempfile
from pathlib import Path

from neuralbrain.agents.episode import run_episode
from neuralbrain.memory.recall import ask


def main() -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        runs, memory = Path(folder, "runs"), Path(folder, "memory")
        for instruction in (None, "sing me a song about the sea"):
            result = run_episode(
                env="tabletop-place", seed=3, instruction=instruction, out=runs, memory=memory
            )
            print(f"{result.instruction!r}: success: {result.success}")
        answers = []
        for question in ("which block went into a bowl?", "did anybody ask for a song?"):
            best = ask(memory, question, n=1)[0]
            print(f"\n{question} (similarity {best.similarity:.2f})\n{best.text}")
            answers.append(best.text)
    return answers


if __name__ == "__main__":
    main()
