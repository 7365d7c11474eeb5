"""Identity providers: Google and Apple by OpenID Connect, Facebook by OAuth 2."""
