"""People: who has logged in, and which role each has."""

from crackxai.ui import people_page, shell

shell.enter()
people_page.show()
shell.leave()
