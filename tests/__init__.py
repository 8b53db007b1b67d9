"""The tests. A package, so that browser tests can share the browsers' clients by name."""
