package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/config"
	"github.com/rowhouse/rowhouse/internal/database"
	"github.com/rowhouse/rowhouse/internal/migrate"
	"github.com/rowhouse/rowhouse/internal/migrate/plan"
	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/pipeline"
)

func migrateCommand() *cobra.Command {
	var flags migrateFlags
	cmd := &cobra.Command{
		Use:   "migrate",
		Short: "Change databases by migrations that lose nothing",
		Long: `Migrate reads an environment of atlas.hcl: where the migrations are, and which
database they are for. Directory, atlas.sum and atlas_schema_revisions are those of
the atlas CLI: both can work on one project, and on one database.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	flags.add(cmd)
	cmd.AddCommand(
		migrateDiffCommand(&flags),
		migrateApplyCommand(&flags),
		migrateStatusCommand(&flags),
		migrateDownCommand(&flags),
		migrateVerifyCommand(&flags),
		migrateHashCommand(&flags),
		migrateLintCommand(&flags),
		migrateExportCommand(&flags),
	)
	return cmd
}

// migrateFlags are the flags that say which project and database is meant.
type migrateFlags struct {
	env       string
	variables []string
	url       string
}

// add defines the flags for a command and those below it.
func (f *migrateFlags) add(cmd *cobra.Command) {
	cmd.PersistentFlags().StringVar(&f.env, "env", atlas.DefaultEnv, "`NAME` of the environment in atlas.hcl")
	cmd.PersistentFlags().StringArrayVar(&f.variables, "var", nil, "`NAME=VALUE` of a variable in atlas.hcl; may be repeated")
	cmd.PersistentFlags().StringVar(&f.url, "url", "", "`URL` of the database, instead of the environment's")
}

// open reads the project, and the URL of the database that is meant.
func (f *migrateFlags) open(cmd *cobra.Command) (project *migrate.Project, url string, err error) {
	variables := map[string]string{}
	for _, variable := range f.variables {
		name, value, ok := strings.Cut(variable, "=")
		if !ok {
			return nil, "", fmt.Errorf("--var %s has no value; write --var %s=VALUE", variable, variable)
		}
		variables[name] = value
	}
	urlIsSet := cmd.Flags().Changed("url")
	if urlIsSet && f.url == "" {
		return nil, "", errors.New("--url is empty; write --url sqlite://path/to/app.db, or leave it out for the url of atlas.hcl")
	}
	project, err = migrate.Open(directory(cmd), f.env, variables)
	if err != nil {
		return nil, "", judged(err)
	}
	for _, p := range project.Env.Ignored {
		fmt.Fprintln(cmd.ErrOrStderr(), "ignored:", p)
	}
	if urlIsSet {
		return project, f.url, nil
	}
	return project, project.Env.URL, nil
}

// openToPlan is open for a command that plans the way to the schema. It fails if
// an audit log of the packages in sqlc.yaml is stale: its triggers would not log
// all columns, or name some that are gone.
func (f *migrateFlags) openToPlan(cmd *cobra.Command) (*migrate.Project, string, error) {
	p, url, err := f.open(cmd)
	if err != nil {
		return nil, "", err
	}
	project, err := config.LoadSchemas(p.Root)
	if err != nil { // migrations need no sqlc.yaml, nor that it is right
		fmt.Fprintf(cmd.ErrOrStderr(), "%v\nwhether an audit log is stale is not known before that is mended\n", err)
	}
	if project == nil {
		return p, url, nil
	}
	var stale model.Problems
	for _, target := range project.Targets {
		stale = append(stale, pipeline.StaleAuditLog(cmd.Context(), p.Root, target)...)
	}
	if err := stale.Err(); err != nil {
		return nil, "", findingsError{err}
	}
	return p, url, nil
}

// openMigrations is open for a command that has nothing to do where the folder
// of migrations that atlas.hcl names is not there.
func (f *migrateFlags) openMigrations(cmd *cobra.Command) (project *migrate.Project, url string, err error) {
	if project, url, err = f.open(cmd); err == nil {
		err = project.CheckFolder()
	}
	return project, url, err
}

// judged makes findings of what is wrong with migrations and databases, as
// against how the command was called.
func judged(err error) error {
	var (
		configuration *atlas.ConfigError
		url           *database.URLError
		version       *migrate.VersionError
		drop          *plan.DropError
		locked        *migrate.LockError
	)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &locked), errors.As(err, &url) && database.IsBusy(err):
	case errors.As(err, &configuration), errors.As(err, &url), errors.As(err, &version), errors.As(err, &drop):
		return err
	case database.IsBusy(err):
		err = fmt.Errorf("%w; wait for the program that has locked it, or longer with _busy_timeout in the URL (milliseconds)", err)
	}
	return findingsError{err}
}

// amount reads the argument N of a command; 0 without it.
func amount(args []string) (int, error) {
	if len(args) == 0 {
		return 0, nil
	}
	n, err := strconv.Atoi(args[0])
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%q is no number of migrations; write 1 or more", args[0])
	}
	return n, nil
}

// errBothEnds says that N and --to contradict each other.
var errBothEnds = errors.New("--to and N both say how far to go; leave out one of them")

// rowProgress returns what shows how many rows a long statement has written;
// nil when nobody is watching.
func rowProgress(cmd *cobra.Command) func(table string, rows int) {
	stderr, ok := cmd.ErrOrStderr().(*os.File)
	if !ok {
		return nil
	}
	info, err := stderr.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	return func(table string, rows int) {
		fmt.Fprintf(stderr, clearLine+"copied %s rows into %s", thousands(rows), table)
	}
}

// clearLine takes back what was written to the line of a terminal.
const clearLine = "\r\x1b[K"

// endProgress takes back what progress showed.
func endProgress(cmd *cobra.Command, progress func(string, int)) {
	if progress != nil {
		fmt.Fprint(cmd.ErrOrStderr(), clearLine)
	}
}

// thousands writes a number as 230,000.
func thousands(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// short rounds a duration to what people read.
func short(d time.Duration) time.Duration {
	switch {
	case d > time.Second:
		return d.Round(10 * time.Millisecond)
	case d > time.Millisecond:
		return d.Round(time.Millisecond)
	}
	return d.Round(time.Microsecond)
}

// count writes "1 file", "2 files".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}
