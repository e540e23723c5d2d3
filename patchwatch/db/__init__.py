"""The database: tables, migrations, what is written and what is read.  The only place with SQL in it."""
