"""English for people."""

from neuralbrain.words import counted, listed


def test_nouns_agree_with_their_number() -> None:
    said = [counted(number, "object") for number in (0, 1, 2, 1200)]
    assert said == ["0 objects", "1 object", "2 objects", "1,200 objects"]


def test_a_list_has_its_joint_before_the_last() -> None:
    assert [listed(parts) for parts in ("a", "ab", "abc")] == ["a", "a and b", "a, b and c"]
    assert listed(["a", "b", "c"], "or") == "a, b or c"
