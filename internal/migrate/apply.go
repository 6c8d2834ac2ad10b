package migrate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/database"
	"github.com/rowhouse/rowhouse/internal/migrate/plan"
	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/version"
)

// ApplyOptions say which migrations are applied, and how.
type ApplyOptions struct {
	Amount         int    // of migrations; 0 for all
	To             string // the last version to apply; "" for all
	Baseline       string // the version that a database is at to which none is applied; "" for what atlas.hcl says
	AllowDirty     bool   // the database may hold tables that no migration knows
	Order          atlas.Order
	LockTimeout    time.Duration // 0 for what the database's URL says
	SkipDriftCheck bool
	AllowLoss      bool // apply also what loses rows though no statement says so

	// Progress is called while a statement writes many rows; nil for silence.
	Progress func(table string, rows int)
}

// Applied is a migration that was applied just now.
type Applied struct {
	*atlas.Migration
	Statements int
	Duration   time.Duration
}

// Apply applies the pending migrations to the database of a URL, each in a
// transaction of its own, and returns those that it did apply, also with an
// error. A migration that fails, or is stopped in any way, leaves the database
// as it was before. Several may apply at once: each migration is applied by
// one of them.
//
// It returns model.Problems when a migration cannot be applied, a *DriftError
// when the database has another schema than its migrations made, a
// *LockError, a *VersionError, or a *database.URLError.
func (p *Project) Apply(ctx context.Context, url string, options ApplyOptions) ([]Applied, error) {
	if err := p.checkApply(options); err != nil {
		return nil, err
	}
	db, err := database.Open(ctx, p.Root, url, true)
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }() // what was applied is committed
	a, err := p.application(ctx, db, options)
	if err != nil {
		return nil, err
	}
	var targets []*atlas.Migration
	if err := atOneMoment(ctx, db, func() error {
		if targets, err = a.targets(ctx); err != nil {
			return err
		}
		return a.checkLosses(ctx, targets)
	}); err != nil {
		return nil, err
	}
	if err := a.writeBaseline(ctx); err != nil {
		return nil, err
	}
	return a.all(ctx, targets)
}

// Pending returns the migrations that Apply would apply, after the same
// checks, and changes nothing.
func (p *Project) Pending(ctx context.Context, url string, options ApplyOptions) (pending []*atlas.Migration, err error) {
	if err := p.checkApply(options); err != nil {
		return nil, err
	}
	db, err := p.OpenLive(ctx, url)
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }()
	a, err := p.application(ctx, db, options)
	if err != nil {
		return nil, err
	}
	err = atOneMoment(ctx, db, func() error {
		if pending, err = a.targets(ctx); err != nil || len(pending) == 0 {
			return err
		}
		if err := a.checkDatabase(ctx); err != nil {
			return err
		}
		return a.checkLosses(ctx, pending)
	})
	return pending, err
}

// checkApply checks what can be checked without a database.
func (p *Project) checkApply(options ApplyOptions) error {
	if err := p.checkVersion(options.To); err != nil {
		return err
	}
	if err := p.checkVersion(options.Baseline); err != nil {
		return err
	}
	return p.Directory.CheckSum()
}

// application is an Apply at work.
type application struct {
	*Project
	ApplyOptions

	db       *database.DB
	executor *atlas.Executor
	checked  bool // the database is what its migrations made it
}

func (p *Project) application(ctx context.Context, db *database.DB, options ApplyOptions) (*application, error) {
	a := &application{Project: p, ApplyOptions: options, db: db, executor: &atlas.Executor{
		DB: db, Directory: p.Directory,
		Order: options.Order, Baseline: options.Baseline, AllowDirty: options.AllowDirty,
		Operator: "rowhouse " + version.Version(),
		Excludes: func(name string) bool { return p.Env.ExcludesTable(name) || p.Env.ExcludesView(name) },
	}}
	var err error
	if a.LockTimeout == 0 {
		if a.LockTimeout, err = busyTimeout(ctx, db); err != nil {
			return nil, err
		}
	}
	return a, a.readBaseline(ctx)
}

// readBaseline takes the baseline of atlas.hcl where the options have none. It
// is for databases that were there before their migrations: to a new one, all
// are applied.
func (a *application) readBaseline(ctx context.Context) error {
	if a.Baseline != "" || a.AllowDirty || a.Env.Baseline == "" {
		return nil
	}
	if empty, err := a.executor.IsEmpty(ctx); err != nil || empty {
		return err
	}
	if err := a.checkVersion(a.Env.Baseline); err != nil {
		return err
	}
	a.Baseline, a.executor.Baseline = a.Env.Baseline, a.Env.Baseline
	return nil
}

// targets returns the migrations to apply, as things are now. It holds no
// lock: some of them may be applied by someone else before their turn comes.
func (a *application) targets(ctx context.Context) ([]*atlas.Migration, error) {
	if err := a.checkTexts(ctx); err != nil {
		return nil, err
	}
	pending, err := a.executor.Pending(ctx, a.To)
	if err != nil {
		return nil, err
	}
	if a.Amount > 0 && a.Amount < len(pending) {
		pending = pending[:a.Amount]
	}
	for _, m := range pending {
		if err := m.CheckMode(); err != nil {
			return nil, err
		}
	}
	return pending, nil
}

// writeBaseline notes the baseline in a database that is there already and
// knows of no migrations, when it is what the baseline says.
func (a *application) writeBaseline(ctx context.Context) error {
	if a.Baseline == "" {
		return nil
	}
	return exclusively(ctx, a.db, a.LockTimeout, func() error {
		history, err := atlas.Revisions(ctx, a.db)
		if err != nil || len(history) > 0 {
			return err
		}
		if err := a.executor.WriteBaseline(ctx); err != nil {
			return err
		}
		return a.checkDatabase(ctx)
	})
}

// all applies migrations one by one.
func (a *application) all(ctx context.Context, targets []*atlas.Migration) ([]Applied, error) {
	var applied []Applied
	for _, m := range targets {
		start := time.Now()
		done, err := a.one(ctx, m)
		if err != nil {
			return applied, err
		}
		if done {
			applied = append(applied, Applied{m, len(atlas.Statements(m.File)), time.Since(start)})
		}
	}
	return applied, nil
}

// one applies a migration, and reports whether it did: someone else may have
// done so meanwhile.
func (a *application) one(ctx context.Context, m *atlas.Migration) (done bool, err error) {
	if err := a.db.OnRows(a.Progress); err != nil {
		return false, err
	}
	apply := func() error {
		done, err = a.applyPending(ctx, m)
		return err
	}
	switch {
	case !m.InTransaction():
		err = alone(ctx, a.db, a.LockTimeout, apply)
		err = errors.Join(err, a.foreignKeys(ctx, true)) // whatever the file made of them
	case m.TurnsForeignKeysOff():
		err = a.withoutForeignKeys(ctx, m, apply)
	default:
		err = exclusively(ctx, a.db, a.LockTimeout, apply)
	}
	if err != nil {
		return false, a.explain(ctx, m, err)
	}
	return done, nil
}

// applyPending applies a migration if it is still pending. The caller holds
// the lock.
func (a *application) applyPending(ctx context.Context, m *atlas.Migration) (bool, error) {
	pending, err := a.executor.Pending(ctx, a.To)
	if err != nil {
		return false, err
	}
	switch {
	case !slices.Contains(pending, m):
		return false, nil
	case pending[0] != m:
		return false, fmt.Errorf("%s is pending again: someone else changed the history of the database; apply once more", pending[0].Name)
	}
	if err := a.checkDatabase(ctx); err != nil {
		return false, err
	}
	return true, a.executor.Execute(ctx, m)
}

// skipCheck is the end of what can be done about a database that is not what
// its migrations made it.
const skipCheck = "; --skip-drift-check goes on all the same"

// checkTexts compares what was applied with the directory.
func (a *application) checkTexts(ctx context.Context) error {
	history, err := a.executor.History(ctx)
	if err != nil || a.SkipDriftCheck {
		return err
	}
	return a.checkEdited(history, "restore it as it was, and put the change into a new migration"+skipCheck)
}

// checkDatabase compares what was applied with the database, once.
func (a *application) checkDatabase(ctx context.Context) error {
	history, err := a.executor.History(ctx)
	if err != nil || a.SkipDriftCheck || a.checked {
		return err
	}
	a.checked = true
	state, err := a.applied(ctx, history)
	if err != nil {
		return err
	}
	defer state.Close()
	live, err := atlas.Inspect(ctx, a.db)
	if err != nil {
		return err
	}
	live, should := a.Managed(live), a.Managed(state.Schema)
	if a.AllowDirty {
		live = live.Part(
			func(table string) bool { return should.Table(table) != nil },
			func(view string) bool { return should.View(view) != nil })
	}
	if differences := plan.Compare(live, should); len(differences) > 0 {
		return &DriftError{differences, "undo these changes in the database, or bring them into migrations" + skipCheck}
	}
	return nil
}

// withoutForeignKeys applies a migration that rebuilds tables with foreign
// keys off. That they hold all the same is checked afterwards.
func (a *application) withoutForeignKeys(ctx context.Context, m *atlas.Migration, apply func() error) error {
	if err := a.foreignKeys(ctx, false); err != nil {
		return err
	}
	err := exclusively(ctx, a.db, a.LockTimeout, func() error {
		before, err := violations(ctx, a.db)
		if err != nil {
			return err
		}
		if err := apply(); err != nil {
			return err
		}
		after, err := violations(ctx, a.db)
		if err != nil {
			return err
		}
		return newViolations(m, before, after)
	})
	return errors.Join(err, a.foreignKeys(ctx, true))
}

func (a *application) foreignKeys(ctx context.Context, on bool) error {
	return a.db.Exec(context.WithoutCancel(ctx), fmt.Sprintf("PRAGMA foreign_keys = %t", on))
}

// reference is a table and one that it references.
type reference struct{ table, parent string }

// violations counts the rows that reference what is not there. They are
// counted, as a rebuild may number rows and keys anew.
func violations(ctx context.Context, db *database.DB) (map[reference]int, error) {
	const query = `SELECT "table", parent, count(*) FROM pragma_foreign_key_check GROUP BY 1, 2`
	found := map[reference]int{}
	err := db.Query(ctx, func(scan func(...any) error) error {
		var r reference
		var rows int
		if err := scan(&r.table, &r.parent, &rows); err != nil {
			return err
		}
		found[r] = rows
		return nil
	}, query)
	return found, err
}

// newViolations returns model.Problems for references that were broken.
func newViolations(m *atlas.Migration, before, after map[reference]int) error {
	var problems model.Problems
	for r, rows := range after {
		if rows > before[r] {
			problems.Add(model.Position{File: m.Name}, "the migration has foreign keys off while it runs: make it keep what they require; "+nothingChanged,
				"after it, %d rows of table %s reference rows of table %s that are not there, %d before", rows, r.table, r.parent, before[r])
		}
	}
	return problems.Err()
}

const nothingChanged = "nothing was changed"

// explain says what can be done about a migration that failed.
func (a *application) explain(ctx context.Context, m *atlas.Migration, err error) error {
	var (
		statement *atlas.StatementError
		known     model.Problems
		locked    *LockError
		drift     *DriftError
		problems  model.Problems
	)
	left := nothingChanged
	if !m.InTransaction() {
		left = "the statements before it are applied, and the next apply goes on with it"
	}
	switch {
	case ctx.Err() != nil:
		problems.Add(model.Position{File: m.Name}, left, "stopped: %v", ctx.Err())
	case errors.As(err, &statement):
		problems.Add(statement.Pos, fixStatement(statement.Err)+"; "+left, "%v", statement.Err)
	case errors.As(err, &known), errors.As(err, &locked), errors.As(err, &drift):
		return err
	case database.IsConstraint(err): // a deferred one
		problems.Add(model.Position{File: m.Name}, fixStatement(err)+"; "+left, "%v", err)
	default: // of the file of the database
		problems.Add(model.Position{File: m.Name}, left, "%v", err)
	}
	return problems.Err()
}

// fixStatement says what can be done about an error of SQLite.
func fixStatement(err error) string {
	switch {
	case database.IsConstraint(err):
		return "there are rows that do not satisfy the constraint: correct them in a statement before this one"
	case database.IsBusy(err):
		return "wait for the program that has locked the database, or longer with --lock-timeout"
	case strings.Contains(err.Error(), "within a transaction"), strings.Contains(err.Error(), "inside a transaction"):
		return `write "-- atlas:txmode none" and an empty line at the top of the file`
	}
	return "correct the file and run rowhouse migrate hash"
}
