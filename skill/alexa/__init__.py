"""The border to Alexa: the only place that imports `ask_sdk_*`."""
