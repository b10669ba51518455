import pytest
from allocation_cases import make_slots


@pytest.fixture
def slots():
    return make_slots()
