# Read by rowhouse and by the atlas CLI alike; --env picks a block.

env "local" {
  # The schema as it should be.
  src = "file://schema"

  # The database to migrate.
  url = getenv("DATABASE_URL") != "" ? getenv("DATABASE_URL") : "sqlite://app.db?_fk=1"

  # An empty database in which migrations and schema are replayed to be compared.
  dev = "sqlite://dev?mode=memory&_fk=1"

  migration {
    dir = "file://migrations"
  }
}
