"""Options: defaults, then the file, then the command line; a wrong one says what to write instead."""

import pytest

from reportgen.errors import OptionError
from reportgen.site.options import BuildOptions, read_file


def test_later_sources_win_and_hyphens_are_underscores():
    options = BuildOptions().with_values({"title": "A", "max-points": 500}, "file")
    options = options.with_values({"title": "B"}, "command line")
    assert (options.title, options.max_points, options.theme) == ("B", 500, "default")


@pytest.mark.parametrize(
    ("value", "count"), [("5000", 5000), ("5,000", 5000), ("20 MB", 20_000_000), ("1.5kB", 1500), (7, 7)]
)
def test_sizes_may_be_written_with_units(value, count):
    assert BuildOptions().with_values({"max_bytes": value}, "").max_bytes == count
    assert BuildOptions().with_values({"max-file": value}, "").max_file == count
    assert BuildOptions().with_values({"max-values": value}, "").max_values == count


@pytest.mark.parametrize(
    ("values", "code", "says"),
    [
        ({"tilte": "x"}, "RG510", "'title'"),
        ({"max_pionts": 5}, "RG510", "'max_points'"),
        ({"max_points": 3}, "RG511", "from 4"),
        ({"max_points": True}, "RG511", "whole number"),
        ({"max_points": "many"}, "RG511", "whole number"),
        ({"jobs": -1}, "RG511", "from 0"),
        ({"single_file": "yes"}, "RG511", "true or false"),
        ({"title": 5}, "RG511", "text"),
        ({"runs": [1]}, "RG511", "path"),
    ],
)
def test_a_wrong_option_names_itself_its_place_and_the_remedy(values, code, says):
    with pytest.raises(OptionError) as caught:
        BuildOptions().with_values(values, "reportgen.yaml")
    assert caught.value.code == code
    assert says in str(caught.value)
    assert "reportgen.yaml" in str(caught.value)


def test_paths_in_a_file_are_relative_to_it(tmp_path):
    file = tmp_path / "reportgen.yaml"
    file.write_text("runs: [a, b]\noutput: out\nsingle_file: true\n")
    options = BuildOptions().with_values(read_file(file), str(file))
    assert options.runs == (str(tmp_path / "a"), str(tmp_path / "b"))
    assert options.output == str(tmp_path / "out")
    assert options.single_file is True


def test_an_empty_file_says_nothing(tmp_path):
    (tmp_path / "empty.yaml").write_text("# nothing yet\n")
    assert read_file(tmp_path / "empty.yaml") == {}


@pytest.mark.parametrize("text", ["[1, 2]", "title: [", "just words", "!!python/object/apply:os.system ['true']"])
def test_a_broken_file_is_named(tmp_path, text):
    file = tmp_path / "bad.yaml"
    file.write_text(text)
    with pytest.raises(OptionError, match=r"RG512.*bad\.yaml"):
        read_file(file)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(OptionError, match="RG512"):
        read_file(tmp_path / "none.yaml")
