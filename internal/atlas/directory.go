package atlas

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"ariga.io/atlas/sql/migrate"

	"github.com/rowhouse/rowhouse/internal/model"
)

// Directory is a folder of migrations as Atlas keeps it: files that are
// applied in the order of their names, and atlas.sum with their checksums. A
// folder that is not there is an empty one.
type Directory struct {
	Name       string // of the folder, as the user would type it
	Migrations []*Migration

	path string
	dir  migrate.Dir
}

// Migration is one file of a directory.
type Migration struct {
	File               // its name begins with the folder's
	Version     string // "20260102150405"
	Description string // the words behind it: "add_price"

	file migrate.File
}

// OpenDirectory reads the folder of migrations at path, relative to root. It
// does not look at the checksums: see CheckSum. It returns a *ConfigError
// when the folder cannot be read, and model.Problems when a file is no text.
func OpenDirectory(root, path string) (*Directory, error) {
	d := &Directory{Name: filepath.ToSlash(path), path: under(root, path)}
	local, err := migrate.NewLocalDir(d.path)
	if errors.Is(err, fs.ErrNotExist) {
		d.dir = &migrate.MemDir{}
		return d, nil
	}
	if err != nil {
		return nil, d.unreadable(err)
	}
	d.dir = local
	return d, d.read()
}

// IsMissing reports whether the folder is not there.
func (d *Directory) IsMissing() bool {
	_, isMissing := d.dir.(*migrate.MemDir)
	return isMissing
}

func (d *Directory) unreadable(err error) error {
	var problems model.Problems
	problems.Add(model.Position{File: d.Name}, "make it a readable folder, or correct migration.dir in "+ConfigFile, "%s", reason(err))
	return configError(problems, err)
}

// read lists the migrations that are in the folder.
func (d *Directory) read() error {
	files, err := d.dir.Files()
	if err != nil {
		return d.unreadable(err)
	}
	var problems model.Problems
	d.Migrations = nil
	for _, file := range files {
		m := &Migration{
			File:        File{Name: path.Join(d.Name, file.Name()), Text: string(file.Bytes())},
			Version:     file.Version(),
			Description: file.Desc(),
			file:        file,
		}
		if n := len(d.Migrations); n > 0 && d.Migrations[n-1].Version == m.Version {
			problems.Add(model.Position{File: m.Name}, "give one of them another version, and run rowhouse migrate hash",
				"%s has the same version, %s: only one of them would be applied", d.Migrations[n-1].Name, m.Version)
		}
		if p, ok := checkText(m.Name, file.Bytes()); !ok && !strings.Contains(p.Message, "longer than") {
			problems = append(problems, p)
		}
		d.Migrations = append(d.Migrations, m)
	}
	return problems.Err()
}

// Files returns the migrations to replay, in order: all, or those since the
// last checkpoint.
func (d *Directory) Files() []File {
	var files []File
	for _, m := range d.Migrations {
		if c, ok := m.file.(migrate.CheckpointFile); ok && c.IsCheckpoint() {
			files = nil
		}
		files = append(files, m.File)
	}
	return files
}

// Migration returns the migration of that version; nil if there is none.
func (d *Directory) Migration(version string) *Migration {
	for _, m := range d.Migrations {
		if m.Version == version {
			return m
		}
	}
	return nil
}

// Named returns the migration whose file has that name; nil if there is none.
func (d *Directory) Named(name string) *Migration {
	for _, m := range d.Migrations {
		if m.Name == name {
			return m
		}
	}
	return nil
}

// Sum returns what identifies the content of all migrations: the first line
// of atlas.sum.
func (d *Directory) Sum() (string, error) {
	sum, err := d.dir.Checksum()
	if err != nil {
		return "", d.unreadable(err)
	}
	return sum.Sum(), nil
}

// CheckSum compares the files with atlas.sum. It returns model.Problems when
// one was edited, added or removed since the checksums were written.
func (d *Directory) CheckSum() error {
	err := migrate.Validate(d.dir)
	if err == nil {
		return nil
	}
	sum := path.Join(d.Name, migrate.HashFileName)
	const fix = "if that is right, run rowhouse migrate hash"
	var (
		problems model.Problems
		mismatch *migrate.ChecksumError
	)
	switch {
	case errors.As(err, &mismatch) && mismatch.File != "":
		problems.Add(model.Position{File: sum, Line: mismatch.Line},
			fix, "%s was %s since the checksums were written", path.Join(d.Name, mismatch.File), mismatch.Reason)
	case errors.Is(err, migrate.ErrChecksumNotFound):
		problems.Add(model.Position{File: sum}, fix, "there are migrations, and no checksums of them")
	case errors.Is(err, migrate.ErrChecksumFormat):
		problems.Add(model.Position{File: sum}, fix, "the checksums cannot be read")
	default:
		problems.Add(model.Position{File: sum}, fix, "a file was added, edited or removed since the checksums were written")
	}
	return problems.Err()
}

// Add writes a new migration and atlas.sum. The folder is made where it is
// missing. The migration is not there, not even in part, unless all of it is.
func (d *Directory) Add(version, description, text string) (*Migration, error) {
	if err := os.MkdirAll(d.path, 0o755); err != nil {
		return nil, fmt.Errorf("make the folder of migrations: %w", err)
	}
	local, err := migrate.NewLocalDir(d.path)
	if err != nil {
		return nil, d.unreadable(err)
	}
	d.dir = local
	name := MigrationName(version, description)
	if err := replaceFile(filepath.Join(d.path, name), text); err != nil {
		return nil, err
	}
	if err := d.WriteSum(); err != nil {
		return nil, err
	}
	return d.Migration(version), nil
}

// MigrationName returns the name of a migration's file.
func MigrationName(version, description string) string {
	if description == "" {
		return version + ".sql"
	}
	return version + "_" + description + ".sql"
}

// WriteSum writes the checksums of all migrations to atlas.sum.
func (d *Directory) WriteSum() error {
	sum, err := d.dir.Checksum()
	if err != nil {
		return d.unreadable(err)
	}
	text, err := sum.MarshalText()
	if err != nil {
		return err
	}
	if err := replaceFile(filepath.Join(d.path, migrate.HashFileName), string(text)); err != nil {
		return err
	}
	return d.read()
}

// replaceFile writes a file beside its place and moves it there. Its error
// names the file, and not the one beside it.
func replaceFile(name, text string) error {
	if err := writeAndMove(name, text); err != nil {
		return &fs.PathError{Op: "write", Path: name, Err: withoutPath(err)}
	}
	return nil
}

// withoutPath returns what lies beneath an error that names a file.
func withoutPath(err error) error {
	var (
		path *fs.PathError
		link *os.LinkError
	)
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}

func writeAndMove(name, text string) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".rowhouse-")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone already once renamed
	_, err = f.WriteString(text)
	if err == nil {
		err = f.Chmod(0o644)
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// Statement is one statement of a script, and where it stands.
type Statement struct {
	Pos model.Position
	SQL string // without the semicolon
}

// Statements splits a file as SQLite does.
func Statements(file File) []Statement {
	var found []Statement
	for _, st := range newScript(file).statements {
		found = append(found, Statement{st.pos(), st.sql()})
	}
	return found
}
