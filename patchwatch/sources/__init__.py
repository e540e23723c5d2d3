"""Where mail and commits come from: lore and other public-inbox servers, files, git trees."""
