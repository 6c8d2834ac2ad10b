package migrate

import (
	"context"
	"slices"
	"time"

	"github.com/rowhouse/rowhouse/internal/atlas"
)

// Status compares the history of a database with the directory.
type Status struct {
	Current     string     `json:"current"`         // the highest version that is applied; "" for none
	LastApplied *time.Time `json:"last_applied_at"` // nil for never
	Baseline    string     `json:"baseline"`        // the version the database was at before its first migration; "" for none

	Applied    []FileStatus `json:"applied"`
	Pending    []FileStatus `json:"pending"`      // in the order in which they will be applied
	OutOfOrder []FileStatus `json:"out_of_order"` // pending, with a version before Current
	Edited     []FileStatus `json:"edited"`       // the first whose text is not what was applied
	Missing    []FileStatus `json:"missing"`      // applied, and their files are gone
}

// FileStatus is one migration, and what became of it.
type FileStatus struct {
	Version    string     `json:"version"`
	File       string     `json:"file"`
	AppliedAt  *time.Time `json:"applied_at,omitempty"`
	Operator   string     `json:"operator,omitempty"` // the program that applied it
	Statements int        `json:"statements"`
	Done       int        `json:"done"`            // statements that are applied
	Error      string     `json:"error,omitempty"` // of the statement at which it stopped
}

// Wrong reports whether the history does not fit the directory, so that apply
// refuses.
func (s *Status) Wrong() bool { return len(s.OutOfOrder)+len(s.Edited)+len(s.Missing) > 0 }

// Status reads how far the database of a URL is. A database that is not there
// yet has had no migration.
//
// It returns model.Problems when atlas.sum is not true, or a
// *database.URLError.
func (p *Project) Status(ctx context.Context, url string) (*Status, error) {
	if err := p.Directory.CheckSum(); err != nil {
		return nil, err
	}
	db, err := p.OpenLive(ctx, url)
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }()
	var status *Status
	err = atOneMoment(ctx, db, func() error {
		history, err := atlas.Revisions(ctx, db)
		if err != nil {
			return err
		}
		all := &atlas.Executor{DB: db, Directory: p.Directory, Order: atlas.NonLinear, AllowDirty: true}
		pending, err := all.Pending(ctx, "")
		if err != nil {
			return err
		}
		status = p.StatusOf(history, pending)
		return nil
	})
	return status, err
}

// StatusOf compares a history, and what is pending by it, with the directory.
func (p *Project) StatusOf(history []*atlas.Revision, pending []*atlas.Migration) *Status {
	s := &Status{Applied: []FileStatus{}, Pending: []FileStatus{}, OutOfOrder: []FileStatus{}, Edited: []FileStatus{}, Missing: []FileStatus{}}
	_, gone := p.Directory.Applied(history) // unless a checkpoint stands for it
	for _, r := range history {
		s.addApplied(p.appliedStatus(r), r, gone != nil && p.Directory.Migration(r.Version) == nil)
	}
	for _, m := range pending {
		file := FileStatus{Version: m.Version, File: m.Name, Statements: len(atlas.Statements(m.File))}
		if i := slices.IndexFunc(history, func(r *atlas.Revision) bool { return r.Version == m.Version }); i >= 0 {
			file.Done, file.Error = history[i].Applied, history[i].Error
		}
		s.Pending = append(s.Pending, file)
		if m.Version < s.Current {
			s.OutOfOrder = append(s.OutOfOrder, file)
		}
	}
	if m := p.Directory.Edited(history); m != nil {
		i := slices.IndexFunc(s.Applied, func(f FileStatus) bool { return f.Version == m.Version })
		s.Edited = append(s.Edited, s.Applied[i])
	}
	return s
}

// appliedStatus is the status of a migration with a revision.
func (p *Project) appliedStatus(r *atlas.Revision) FileStatus {
	file := FileStatus{
		Version: r.Version, AppliedAt: &r.ExecutedAt, Operator: r.OperatorVersion,
		Statements: r.Total, Done: r.Applied, Error: r.Error,
		File: p.Directory.Name + "/" + atlas.MigrationName(r.Version, r.Description),
	}
	if m := p.Directory.Migration(r.Version); m != nil {
		file.File = m.Name
	}
	return file
}

func (s *Status) addApplied(file FileStatus, r *atlas.Revision, gone bool) {
	s.Current = r.Version
	if s.LastApplied == nil || s.LastApplied.Before(r.ExecutedAt) {
		s.LastApplied = &r.ExecutedAt
	}
	switch {
	case atlas.IsBaseline(r):
		s.Baseline = r.Version
	case atlas.IsPartial(r): // it is pending
	default:
		s.Applied = append(s.Applied, file)
	}
	if gone {
		s.Missing = append(s.Missing, file)
	}
}
