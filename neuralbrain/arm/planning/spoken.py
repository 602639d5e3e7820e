"""What was spoken of, in the sentence and the one before it: what pronouns can mean."""

from dataclasses import dataclass, replace

from neuralbrain.arm.catalogue import CONTAINERS
from neuralbrain.arm.planning import commands as c
from neuralbrain.arm.planning.references import TABLE, Reference

SIDES = ("left", "right", "beside", "front", "behind", "closer")


@dataclass
class Spoken:
    """What was spoken of.

    Attributes:
        moved: What was moved last: what "it" means.
        container: In what something was put, or what was opened, last.
        beside: What something was put next to, last.
        together: What was moved last, all that one clause says: what "them" means.
        all: Everything that was moved in the sentence.
        last_target: Where the last command puts something.
        last: The last command.
        tower: Of what the tower is that was built last, where no more was said since.
    """

    moved: Reference | None = None
    container: Reference | None = None
    beside: Reference | None = None
    together: tuple[Reference, ...] = ()
    all: tuple[Reference, ...] = ()
    last_target: Reference | None = None
    tower: tuple[Reference, ...] = ()
    last: c.Command | None = None

    def heard(self, command: c.Command | c.Mentioned) -> None:
        """Take in a command, without pronouns."""
        if isinstance(command, c.Keep):  # what is to be left alone is not what is spoken of
            self.all = (*self.all, command.obj)
            self.moved = command.obj.but[-1] if command.obj.but else self.moved
            return
        if isinstance(command, c.Mentioned):
            if command.obj is None:
                self.moved, self.container, self.together = None, None, ()
            else:
                self.heard_of(command.obj)
            return
        if isinstance(command, c.Nothing):
            for part in command.instead_of:
                self.heard(part)
            self.all = ()
            return
        if isinstance(command, c.If):
            self.heard_of(command.premise.obj)
            for part in command.then:
                self.heard(part)
            return
        self.last = command
        self.tower = command.order if isinstance(command, c.Tower) else ()
        moved = []
        named = list(c.references(command))
        beyond = [ref.selection.anchor for ref in named if ref.selection and ref.selection.anchor]
        for ref in named:
            if ref.category in CONTAINERS or ref.category == "zone":
                self.container = ref
            elif ref in beyond:
                continue  # what is on the red block is meant, not the red block
            elif not isinstance(command, c.Put) or ref == command.obj:
                self.moved = ref
                moved.append(ref)
            elif command.relation in SIDES:
                self.beside = ref
        if isinstance(command, c.Put) and command.relation in SIDES:
            self.beside = command.target
        if not isinstance(command, c.Hold) and takes(command) and self.moved and self.moved.color:
            self.moved = replace(self.moved, selection=None)  # it does not lie there any more
        own = c.moved(command)
        joined = isinstance(command, c.Put | c.Push) and command.target == self.last_target
        self.together = (*self.together, *own) if joined else own or self.together
        self.last_target = command.target if isinstance(command, c.Put | c.Push) else None
        self.all = (*self.all, *own)

    def heard_of(self, ref: Reference) -> None:
        """Take in that something was named."""
        if ref.category in CONTAINERS:
            self.container = ref
        else:
            self.moved = ref


def takes(command: c.Command) -> bool:
    """Whether it picks something up, or takes it out of what it lies in."""
    if isinstance(command, c.Hold):
        return True
    return (
        isinstance(command, c.Put)
        and command.target == TABLE
        and command.obj.selection is not None
        and command.obj.selection.by in ("in", "on")
    )
