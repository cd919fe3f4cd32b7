namespace providers {}
