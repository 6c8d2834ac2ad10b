package atlas

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"ariga.io/atlas/sql/migrate"

	"github.com/rowhouse/rowhouse/internal/model"
)

// snapshot is a directory as it was when it was read, so that what runs is
// what was checked. The checksums of Atlas's own are computed anew each time,
// from all files.
type snapshot struct {
	*migrate.MemDir
	files []migrate.File
	sum   migrate.HashFile
}

func newSnapshot(migrations []*Migration) (*snapshot, error) {
	s := &snapshot{MemDir: &migrate.MemDir{}}
	for _, m := range migrations {
		s.files = append(s.files, m.file)
	}
	if len(s.files) == 0 {
		return s, nil
	}
	var err error
	if s.sum, err = migrate.NewHashFile(s.files); err != nil {
		return nil, err
	}
	return s, s.CopyFiles(s.files)
}

// Files returns the migrations.
func (s *snapshot) Files() ([]migrate.File, error) { return s.files, nil }

// Checksum returns the checksums of the migrations.
func (s *snapshot) Checksum() (migrate.HashFile, error) { return s.sum, nil }

// resume prepares a migration that was applied in part: the statements that
// ran must still be there. The rest may have been corrected, so that the
// revision is about the file as it is now.
func resume(ctx context.Context, rows *revisions, m *Migration, sum migrate.HashFile) error {
	r, err := rows.ReadRevision(ctx, m.Version)
	if errors.Is(err, migrate.ErrRevisionNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	statements := scan(newScript(m.File))
	if err := checkResumed(m, r, statements); err != nil {
		return err
	}
	if r.Hash, err = sum.SumByName(m.file.Name()); err != nil {
		return err
	}
	r.Total = len(statements)
	return rows.WriteRevision(ctx, r)
}

// checkResumed returns model.Problems when a statement that was applied is not
// in the file any more.
func checkResumed(m *Migration, r *Revision, statements []*migrate.Stmt) error {
	const fix = "restore it: the rest of the file is what may change"
	var problems model.Problems
	hashes := statementHashes(statements)
	for i := range r.Applied {
		switch {
		case i >= len(statements) || i >= len(r.PartialHashes):
			problems.Add(model.Position{File: m.Name}, fix, "the migration was applied up to its statement %d, and not all that ran is there", r.Applied)
		case hashes[i] != strings.TrimPrefix(r.PartialHashes[i], "h1:"):
			problems.Add(model.At(m.Name, m.Text, statements[i].Pos), fix, "the statement was applied, and has been edited since")
		default:
			continue
		}
		break
	}
	return problems.Err()
}

// Edited returns the first migration whose text is not the one that was
// applied; nil if there is none.
//
// The hash of a file goes over all files before it too. Hence nothing can be
// said of those behind an edited one, or behind one that is gone, and a file
// that was put between others later must be left out for these.
func (d *Directory) Edited(history []*Revision) *Migration {
	for _, r := range history {
		m := d.Migration(r.Version)
		switch {
		case IsBaseline(r) || r.Hash == "" || IsPartial(r):
		case m == nil:
			return nil
		case !d.hadHash(m, r, history):
			return m
		}
	}
	return nil
}

// hadHash reports whether a migration may have had the hash of its revision:
// among all files before it, or among those that were there at the time.
func (d *Directory) hadHash(m *Migration, r *Revision, history []*Revision) bool {
	appliedAt := map[string]time.Time{}
	for _, other := range history {
		appliedAt[other.Version] = other.ExecutedAt
	}
	for _, then := range []func(*Migration) bool{
		func(*Migration) bool { return true },
		func(other *Migration) bool { return !appliedAt[other.Version].After(r.ExecutedAt) },
		func(other *Migration) bool {
			at, applied := appliedAt[other.Version]
			return applied && !at.After(r.ExecutedAt)
		},
	} {
		var files []migrate.File
		for _, other := range d.Migrations {
			if other == m || other.Version < m.Version && then(other) {
				files = append(files, other.file)
			}
		}
		// Atlas keeps no hash of a file that says so: that is the error here.
		sum, err := migrate.NewHashFile(files)
		if hash, missing := sum.SumByName(m.file.Name()); err == nil && (missing != nil || hash == r.Hash) {
			return true
		}
	}
	return false
}

// Applied returns the files to replay for the schema that a database with
// such revisions should have. It returns model.Problems when one of them is
// gone and no checkpoint stands for it.
func (d *Directory) Applied(history []*Revision) ([]File, error) {
	byVersion := map[string]*Revision{}
	baseline := ""
	var problems model.Problems
	for _, r := range history {
		byVersion[r.Version] = r
		if IsBaseline(r) {
			baseline = r.Version
		} else if d.Migration(r.Version) == nil && r.Version > baseline {
			problems.Add(model.Position{File: d.Name}, "restore it", "migration %s is applied, and its file is gone", MigrationName(r.Version, r.Description))
		}
	}
	var files []File
	for _, m := range d.Migrations {
		r, file := byVersion[m.Version], m.File
		if r != nil && IsPartial(r) {
			file = m.firstStatements(r.Applied)
		}
		switch {
		case m.IsCheckpoint() && (r != nil || m.Version <= baseline || len(problems) > 0 && d.standsFor(m, history)):
			files, problems = []File{file}, nil
		case m.IsCheckpoint() || r == nil && m.Version > baseline:
		default:
			files = append(files, file)
		}
	}
	return files, problems.Err()
}

// standsFor reports whether a checkpoint makes what the history has made: all
// that is gone lies before it, and all that is before it was applied.
func (d *Directory) standsFor(checkpoint *Migration, history []*Revision) bool {
	applied := func(version string) bool {
		return slices.ContainsFunc(history, func(r *Revision) bool { return r.Version == version })
	}
	for _, r := range history {
		if r.Version > checkpoint.Version && d.Migration(r.Version) == nil {
			return false
		}
	}
	for _, m := range d.Migrations {
		if m.Version < checkpoint.Version && m.Version >= history[0].Version && !m.IsCheckpoint() && !applied(m.Version) {
			return false
		}
	}
	return true
}

// firstStatements returns the beginning of the file, with n statements.
func (m *Migration) firstStatements(n int) File {
	statements := newScript(m.File).statements
	if n >= len(statements) {
		return m.File
	}
	return File{Name: m.Name, Text: m.Text[:statements[n].start()]}
}
