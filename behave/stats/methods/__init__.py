"""Statistical methods: arrays in, arrays out, each held to a reference."""
