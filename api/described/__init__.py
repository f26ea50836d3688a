"""What `/openapi.json` says beyond what stands at the routes, each part in a module."""
