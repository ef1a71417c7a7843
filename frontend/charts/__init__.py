"""Charts in Altair: of a decision, of a portfolio, of a model; none of them asks the service."""
