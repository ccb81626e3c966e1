"""On AWS: the stack's template, and what builds the function's artefact."""
