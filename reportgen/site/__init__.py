"""Views to a site."""
