"""The routes, a module per subject; `api.app` puts them together."""
