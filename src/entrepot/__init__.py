"""An open laboratory for economic sanctions."""
