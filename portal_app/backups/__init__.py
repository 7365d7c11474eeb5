"""The whole portal in one file, and back.

An archive is a ZIP file that ends in the SHA-256 of all its bytes, or such a file
encrypted with a passphrase (``encryption``). In it are a manifest (``manifest``),
the rows of each table in a form that both databases read (``rows``), and the files
that the rows refer to (``stored_files``). ``creation`` writes one, ``restoration``
checks one and brings it back, ``retention`` keeps a folder of them.
"""
