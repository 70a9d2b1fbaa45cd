"""One photo: its crack probability, and why."""

from crackxai.ui import controls, state, views

model = views.model_or_stop()
views.sidebar(model)
controls.choose_photo()
photo = state.photo()
if photo is None:
    views.welcome()
else:
    probability = views.verdict(model, photo)
    controls.explain_form(model, photo)
    controls.running_job(photo)
    views.explanation(model, photo, probability)
