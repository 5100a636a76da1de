"""How the bundled worlds are made out of outside sources: trade side and production side."""
