"""Several profiles: choosing, making, exporting and promoting them."""
