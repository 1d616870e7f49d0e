"""The routes by subject; `api.app` puts them together."""
