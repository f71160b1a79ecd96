"""The REST interface: requests in, JSON answers out, one module per resource."""
