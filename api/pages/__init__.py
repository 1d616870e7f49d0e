"""Pages for people: templates, their words and their pictures; the routes of `api.routes.pages` fill them."""
