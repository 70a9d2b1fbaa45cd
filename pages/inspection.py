"""Inspections: photos of a structure gone through, decided on, and signed for."""

from crackxai.ui import inspection_page, shell

model = shell.enter()
inspection_page.show(model)
shell.leave()
