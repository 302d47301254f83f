"""Files that all machines of the forum share: pictures of people, archives to fetch. In folders, or in a bucket."""
