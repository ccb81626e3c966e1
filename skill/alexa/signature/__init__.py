"""Whether a request is Amazon's: the chain's address, the chain, and the signature over the raw body."""
