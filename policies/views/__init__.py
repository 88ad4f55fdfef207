"""Pages of policies, for those whose role reads them."""
