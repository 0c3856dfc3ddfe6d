"""Pictures of models and training histories for Corne."""
