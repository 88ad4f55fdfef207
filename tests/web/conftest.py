"""What web tests share: the cast and an organization."""
