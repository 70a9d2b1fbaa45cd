"""The records of inspections: what the model said, what people decided, and who signed it. Nothing is written over.

A row is never changed. An edit is a new row that says the same of the same thing later; the newest counts, and all
stay. Each row carries the hash of the one before it, in **one chain for the whole database** (`chain`): with a chain
for each inspection, an inspection could vanish with its chain, and no other would tell. The price is that writers wait
for each other, for some milliseconds a row; folders of photos are written in transactions of many rows.

What the chain holds of a row is not its content but the content's SHA-256, in two tables: `entry`, of which no row is
ever changed or removed, and a table for each kind of row with what was said. So an inspection can be deleted, as its
owner may have to, without a break: what was said of it goes, and its entries stay, with a last one that says who did
that, when, and what went (`deletion`). `audit` accepts a row without content only where such an entry says so. What
stays are hashes, kinds and times; who can guess a content to the letter can still see that it was there.

The chain shows what was changed behind the program's back, down to one bit. It cannot show a database that was
replaced by another whole one, or cut off at its end: whoever may write the file could compute all hashes again. For
that the last hash is to be kept elsewhere, as in a report that was handed over; `audit --head` asks for it.

The way in is `open_records`.
"""
