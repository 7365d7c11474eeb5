"""The business itself: settings, branding, policies."""
