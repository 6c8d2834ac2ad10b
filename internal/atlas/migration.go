package atlas

import (
	"bytes"
	"fmt"
	"slices"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/sqlite"
	"github.com/sqlc-dev/meyer/token"
)

// InitialMigration returns the files of a new migration directory by name:
// one migration, <version>_<name>.sql, that makes the schema of files out of
// nothing, and the atlas.sum that goes with it. The version is a time as
// 20060102150405.
//
// It returns an error when the version has another form, or when Atlas would
// split the migration into other statements than SQLite does, as it does at
// a semicolon inside [brackets].
func InitialMigration(files []File, version, name string) (map[string][]byte, error) {
	if err := migrate.CheckVersion(version); err != nil {
		return nil, fmt.Errorf("initial migration: %w", err)
	}
	text, count := initialSQL(files)
	if err := CheckSplit(string(text), count); err != nil {
		return nil, fmt.Errorf("initial migration: %w", err)
	}
	migration := version + "_" + name + ".sql"
	sum, err := migrate.NewHashFile([]migrate.File{migrate.NewLocalFile(migration, text)})
	if err != nil {
		return nil, fmt.Errorf("initial migration: %w", err)
	}
	sumText, err := sum.MarshalText()
	if err != nil {
		return nil, fmt.Errorf("initial migration: %w", err)
	}
	return map[string][]byte{migration: text, migrate.HashFileName: sumText}, nil
}

// CheckSplit returns an error when Atlas would split the text of a migration
// into other statements than SQLite does, as it does at a semicolon inside
// [brackets]: count is the number of them.
func CheckSplit(text string, count int) error {
	statements, err := new(sqlite.Driver).ScanStmts(text)
	if err != nil {
		return fmt.Errorf("Atlas cannot read the statements: %w", err) //nolint:staticcheck // a name
	}
	if len(statements) != count {
		return fmt.Errorf("Atlas reads %d statements where SQLite reads %d; is there a semicolon in a name in brackets?", len(statements), count) //nolint:staticcheck // a name
	}
	return nil
}

// unmigrated are the statements that a migration leaves out: its runner opens
// the transaction and sets up the connection.
var unmigrated = []token.Kind{token.BEGIN, token.COMMIT, token.END, token.ROLLBACK, token.SAVEPOINT, token.RELEASE, token.PRAGMA}

// initialSQL writes the statements of files into one file, in the user's own
// words, and counts them.
func initialSQL(files []File) (text []byte, count int) {
	var b bytes.Buffer
	for _, file := range files {
		fmt.Fprintf(&b, "-- %s\n", file.Name)
		for _, st := range newScript(file).statements {
			if slices.Contains(unmigrated, st.head.verb) {
				continue
			}
			fmt.Fprintf(&b, "%s;\n", st.sql())
			count++
		}
	}
	return b.Bytes(), count
}
