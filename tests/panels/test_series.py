"""A run's look depends on its number alone, and no two of the first 64 look the same."""

from reportgen.panels.series import colour, dash


def test_the_first_eight_runs_have_their_own_colours_and_dashes():
    assert [(colour(i), dash(i)) for i in range(8)] == [(i, i) for i in range(1, 9)]


def test_sixty_four_runs_differ_in_colour_or_dash():
    assert len({(colour(i), dash(i)) for i in range(64)}) == 64
