"""Language models on OpenAI-compatible servers: asked within a budget, recorded, replayed without them."""
