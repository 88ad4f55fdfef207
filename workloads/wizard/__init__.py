"""The form: steps and sections, generated inputs, what a post says."""
