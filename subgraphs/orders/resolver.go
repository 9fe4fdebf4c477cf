package orders

// Resolver is what gqlgen calls; the service does the work.
type Resolver struct{ *Service }
