"""Mail: written from templates, handed to a server or put into a folder."""
