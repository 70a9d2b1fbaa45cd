"""An inspection handed over: a PDF to read, tables to count with, and an archive that can be checked and imported.

All of it is made from the records as they are (`subject`), and is the same for the same records and the same
`made_at`. The archive (`archive`) holds the files and, to the letter, the rows of the inspection in the chain, so that
`check` can follow every hash from what was said to what was signed, and `importing` can put it into other records.
"""
