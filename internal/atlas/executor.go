package atlas

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/sqlite"
	"github.com/sqlc-dev/meyer/token"

	"github.com/rowhouse/rowhouse/internal/database"
	"github.com/rowhouse/rowhouse/internal/model"
)

// Order says what becomes of migrations that were added behind some that are
// applied already.
type Order string

// The orders, as the flag --exec-order spells them.
const (
	Linear     Order = "linear"      // they are an error
	LinearSkip Order = "linear-skip" // they are left out
	NonLinear  Order = "non-linear"  // they are applied
)

// execOrders are the orders as Atlas knows them.
var execOrders = map[Order]migrate.ExecOrder{
	Linear:     migrate.ExecOrderLinear,
	LinearSkip: migrate.ExecOrderLinearSkip,
	NonLinear:  migrate.ExecOrderNonLinear,
}

// Executor applies the migrations of a directory to a database. It leaves the
// revisions that the atlas CLI would leave, so that both may take turns.
type Executor struct {
	DB         *database.DB
	Directory  *Directory
	Order      Order
	Baseline   string // a version; everything up to it counts as applied where nothing is
	AllowDirty bool   // the database may hold tables where nothing is applied
	Operator   string // noted as the program that applied a migration

	// Excludes reports whether a table or view belongs to others; nil for none.
	Excludes func(name string) bool
}

// Pending returns the migrations to apply, in order, up to and including the
// version to, "" being the last. Of one that was applied in part, the rest is
// pending. It writes nothing.
//
// It returns model.Problems when the history of the database does not fit the
// directory.
func (e *Executor) Pending(ctx context.Context, to string) ([]*Migration, error) {
	return e.pending(ctx, to, &revisions{db: e.DB, sealed: true})
}

// History returns the revisions of the database; those it will have with the
// baseline where it has none.
func (e *Executor) History(ctx context.Context) ([]*Revision, error) {
	history, err := Revisions(ctx, e.DB)
	if err == nil && len(history) == 0 && e.Baseline != "" {
		history = []*Revision{{Version: e.Baseline, Type: migrate.RevisionTypeBaseline}}
	}
	return history, err
}

// WriteBaseline notes the baseline in a database to which nothing is applied.
func (e *Executor) WriteBaseline(ctx context.Context) error {
	_, err := e.pending(ctx, "", &revisions{db: e.DB})
	return err
}

func (e *Executor) pending(ctx context.Context, to string, rows *revisions) ([]*Migration, error) {
	dir, err := newSnapshot(e.upTo(to))
	if err != nil {
		return nil, err
	}
	atlas, err := e.executor(dir, rows, false)
	if err != nil {
		return nil, err
	}
	files, err := atlas.Pending(ctx)
	if err != nil && !errors.Is(err, migrate.ErrNoPendingFiles) {
		return nil, e.explain(err)
	}
	history, err := rows.ReadRevisions(ctx)
	if err != nil {
		return nil, err
	}
	pending, err := e.unfinished(history, files)
	if err != nil {
		return nil, err
	}
	early, err := e.early(dir.files, history)
	if err != nil {
		return nil, err
	}
	for _, file := range slices.Concat(early, files) {
		pending = append(pending, e.Directory.Migration(file.Version()))
	}
	return slices.DeleteFunc(pending, func(m *Migration) bool { return to != "" && m.Version > to }), nil
}

// unfinished returns the migrations that were applied in part and that Atlas
// takes for applied, because others were applied after them.
func (e *Executor) unfinished(history []*Revision, pending []migrate.File) ([]*Migration, error) {
	var found []*Migration
	for _, r := range history {
		known := slices.ContainsFunc(pending, func(f migrate.File) bool { return f.Version() == r.Version })
		if !IsPartial(r) || known {
			continue
		}
		m := e.Directory.Migration(r.Version)
		if m == nil {
			return nil, e.explain(&migrate.MissingMigrationError{Version: r.Version, Description: r.Description})
		}
		found = append(found, m)
	}
	return found, nil
}

// early returns the migrations to apply that are older than the first one that
// was applied, where the order allows it. Atlas looks only at those between
// applied ones.
func (e *Executor) early(files []migrate.File, history []*Revision) ([]migrate.File, error) {
	if len(history) == 0 || e.Order == LinearSkip || e.stands(history[0]) {
		return nil, nil
	}
	var found []migrate.File
	for _, file := range migrate.SkipCheckpointFiles(files) {
		if file.Version() < history[0].Version {
			found = append(found, file)
		}
	}
	if len(found) > 0 && e.Order != NonLinear {
		return nil, e.explain(&migrate.HistoryNonLinearError{OutOfOrder: found})
	}
	return found, nil
}

// stands reports whether a revision stands for all migrations before it: a
// baseline, or a checkpoint.
func (e *Executor) stands(r *Revision) bool {
	m := e.Directory.Migration(r.Version)
	return IsBaseline(r) || m != nil && m.IsCheckpoint()
}

// upTo returns the migrations that matter to one who wants to go to a
// version. A checkpoint behind that version must not stand for it.
func (e *Executor) upTo(version string) []*Migration {
	all := e.Directory.Migrations
	for i, m := range all {
		if version != "" && m.Version > version && m.IsCheckpoint() {
			return all[:i]
		}
	}
	return all
}

// Execute runs the statements of a migration, from the first that is not
// applied yet, and notes each in the revisions. Within a transaction, it is
// for the caller to roll back, the revisions too.
//
// It returns a *StatementError when a statement fails.
func (e *Executor) Execute(ctx context.Context, m *Migration) error {
	dir, err := newSnapshot(e.Directory.Migrations)
	if err != nil {
		return err
	}
	rows := &revisions{db: e.DB}
	if err := resume(ctx, rows, m, dir.sum); err != nil {
		return err
	}
	atlas, err := e.executor(dir, rows, m.InTransaction())
	if err != nil {
		return err
	}
	err = atlas.Execute(ctx, m.file)
	var failed *migrate.StmtExecError
	if errors.As(err, &failed) {
		return &StatementError{Pos: model.At(m.Name, m.Text, failed.Stmt.Pos), SQL: failed.Stmt.Text, Err: failed.Err}
	}
	return err
}

// StatementError says which statement of a migration failed.
type StatementError struct {
	Pos model.Position
	SQL string
	Err error // the database's
}

// Error returns the position and the database's message.
func (e *StatementError) Error() string { return fmt.Sprintf("%s: %v", e.Pos, e.Err) }

// Unwrap returns the database's error.
func (e *StatementError) Unwrap() error { return e.Err }

// executor is Atlas's own, with our driver.
func (e *Executor) executor(dir migrate.Dir, rows *revisions, transaction bool) (*migrate.Executor, error) {
	inner, err := sqlite.Open(e.DB.Conn())
	if err != nil {
		return nil, err
	}
	options := []migrate.ExecutorOption{
		migrate.WithAllowDirty(e.AllowDirty),
		migrate.WithBaselineVersion(e.Baseline),
		migrate.WithOperatorVersion(e.Operator),
		migrate.WithExecOrder(execOrders[e.Order]),
	}
	return migrate.NewExecutor(&driver{inner, e, rows, transaction}, dir, rows, options...)
}

// explain makes problems of the errors that Atlas has for a history that does
// not fit.
func (e *Executor) explain(err error) error {
	var (
		problems model.Problems
		behind   *migrate.HistoryNonLinearError
		missing  *migrate.MissingMigrationError
		dirty    *migrate.NotCleanError
	)
	switch {
	case errors.As(err, &behind):
		for _, file := range behind.OutOfOrder {
			problems.Add(model.Position{File: e.Directory.Migration(file.Version()).Name},
				"give it a later version and run rowhouse migrate hash, or apply it all the same with --exec-order non-linear",
				"the migration was added behind ones that are applied already")
		}
	case errors.As(err, &missing):
		problems.Add(model.Position{File: e.Directory.Name}, "restore it",
			"migration %s is applied in part, and its file is gone", MigrationName(missing.Version, missing.Description))
	case errors.As(err, &dirty):
		problems.Add(model.Position{}, "say with --baseline VERSION which migration the database is at, or apply all of them beside what is there with --allow-dirty",
			"no migration is applied to the database, and it is not empty: %s", dirty.Reason)
	default:
		return err
	}
	return problems.Err()
}

// driver is Atlas's driver for SQLite, save for what goes wrong in it: its
// inspector is quadratic in the number of tables, and it splits statements in
// a way of its own.
type driver struct {
	migrate.Driver
	of          *Executor
	rows        *revisions
	transaction bool // statements run inside one
}

// ExecContext runs a statement of a migration. After one that fails inside a
// transaction, nothing more is noted: SQLite may have left the transaction by
// itself, and what is noted then would stay.
func (d *driver) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	result, err := d.of.DB.Conn().ExecContext(ctx, query, args...)
	d.rows.sealed = err != nil && d.transaction
	return result, err
}

// CheckClean returns a *migrate.NotCleanError when the database holds more
// than the tables of migration tools.
func (d *driver) CheckClean(ctx context.Context, _ *migrate.TableIdent) error {
	const query = "SELECT type, name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY rowid"
	return d.of.DB.Query(ctx, func(scan func(...any) error) error {
		var kind, name string
		if err := scan(&kind, &name); err != nil || IsBookkeeping(name) || d.of.Excludes != nil && d.of.Excludes(name) {
			return err
		}
		return &migrate.NotCleanError{Reason: fmt.Sprintf("it has a %s %q", kind, name)}
	}, query)
}

// IsEmpty reports whether the database holds nothing but tables of migration
// tools.
func (e *Executor) IsEmpty(ctx context.Context) (bool, error) {
	var holds *migrate.NotCleanError
	err := (&driver{of: e}).CheckClean(ctx, nil)
	if errors.As(err, &holds) {
		return false, nil
	}
	return err == nil, err
}

// ScanStmts splits a file as SQLite does. Each text has its semicolon, as
// Atlas has it in the hashes of statements.
func (*driver) ScanStmts(text string) ([]*migrate.Stmt, error) {
	return scan(newScript(File{Text: text})), nil
}

func scan(s *script) []*migrate.Stmt {
	var found []*migrate.Stmt
	for _, st := range s.statements {
		found = append(found, &migrate.Stmt{Pos: st.start(), Text: st.terminated()})
	}
	return found
}

// statementHashes returns what Atlas notes of each statement that was applied
// in part: a hash of it and all before it.
func statementHashes(statements []*migrate.Stmt) []string {
	var hashes []string
	sum := sha256.New()
	for _, statement := range statements {
		sum.Write([]byte(statement.Text))
		hashes = append(hashes, base64.StdEncoding.EncodeToString(sum.Sum(nil)))
	}
	return hashes
}

// terminated returns the statement's text with its semicolon. The last one of
// a file may have none, and then goes to the end of the file.
func (st *statement) terminated() string {
	tokens := st.script.tokens
	end := len(st.script.Text)
	next := sort.Search(len(tokens), func(i int) bool { return tokens[i].Pos >= st.end() })
	if next < len(tokens) && tokens[next].Kind == token.SEMI {
		end = tokens[next].End
	}
	return strings.TrimSpace(st.script.Text[st.start():end])
}
