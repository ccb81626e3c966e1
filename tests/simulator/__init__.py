"""People with a virtual clock, who play every routine through the core and check every reply."""
