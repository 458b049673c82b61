"""One file for each step of an order; `run` loops over them."""
