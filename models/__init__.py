"""How the spatial model is made: network, training, export. Needs the `train` extra."""
