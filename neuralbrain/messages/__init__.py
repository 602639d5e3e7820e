"""The typed messages that brain regions exchange."""

from neuralbrain.messages.base import ArrayOf, Message, Part, Stop, Vector3, message_type
from neuralbrain.messages.dialogue import Done, Halt, Instruction, Outcome
from neuralbrain.messages.plans import (
    Anomaly,
    Condition,
    ExecutionTree,
    Fallback,
    MemoryQuery,
    Place,
    PlanStatus,
    Recall,
    Sequence,
    Step,
    StepStatus,
    TreeNode,
    Verdict,
    steps,
)
from neuralbrain.messages.senses import (
    CameraFrame,
    LookRequest,
    Relation,
    Scene,
    SceneObject,
)

__all__ = [
    "Anomaly",
    "ArrayOf",
    "CameraFrame",
    "Condition",
    "Done",
    "ExecutionTree",
    "Fallback",
    "Halt",
    "Instruction",
    "LookRequest",
    "MemoryQuery",
    "Message",
    "Outcome",
    "Part",
    "Place",
    "PlanStatus",
    "Recall",
    "Relation",
    "Scene",
    "SceneObject",
    "Sequence",
    "Step",
    "StepStatus",
    "Stop",
    "TreeNode",
    "Vector3",
    "Verdict",
    "message_type",
    "steps",
]
