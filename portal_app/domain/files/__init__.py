"""Files that people hand in: pictures, documents, signatures."""
