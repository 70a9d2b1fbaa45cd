"""Why the model says so: SHAP values over regions of the photo."""
