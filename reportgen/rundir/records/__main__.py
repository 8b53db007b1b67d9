"""Rewrites what `FORMAT.md` and the JSON Schema say of records: `python -m reportgen.rundir.records`."""

from reportgen.rundir.records.specification import rewrite

rewrite()
