"""What happens beside training: the core's callbacks and those of installed packages."""

from corne.plugins.namespace import face

__getattr__, __dir__, get, serialize, deserialize = face("callbacks")
