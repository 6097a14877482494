//! What happens to pictures after publication: compression, geometry, filters, chains.
