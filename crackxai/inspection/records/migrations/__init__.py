"""How the tables came to be: a module for each revision, run in the order of their ``down_revision``.

None is changed once it was released: databases out there have it.
"""
