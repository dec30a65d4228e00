import pytest

from isocost.engine.training import states as f


def test_states_of_70b():
    assert f.adam_state_bytes(70.6e9) == pytest.approx(1130e9, rel=0.001)


def test_filtering_needs_more_generated_text():
    assert f.generated_for_kept(100.0, 0.25) == 400.0
    with pytest.raises(ValueError, match="share kept"):
        f.generated_for_kept(1.0, 0.0)
