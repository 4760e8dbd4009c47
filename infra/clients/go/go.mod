module ispcrm.test/walk

go 1.24
