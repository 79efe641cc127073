"""All definitions of the code location, loaded folder by folder."""
