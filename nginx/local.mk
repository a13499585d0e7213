# configuration of the two nginx instances
