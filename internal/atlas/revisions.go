package atlas

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"ariga.io/atlas/sql/migrate"

	"github.com/rowhouse/rowhouse/internal/database"
	"github.com/rowhouse/rowhouse/internal/model"
)

// revisionsTable is where a database keeps which migrations it has had.
const revisionsTable = "atlas_schema_revisions"

// createRevisions makes the table exactly as the atlas CLI does, which alters
// one that is different.
const createRevisions = "CREATE TABLE IF NOT EXISTS `" + revisionsTable + "` (" +
	"`version` text NOT NULL, `description` text NOT NULL, `type` integer NOT NULL DEFAULT 2, " +
	"`applied` integer NOT NULL DEFAULT 0, `total` integer NOT NULL DEFAULT 0, " +
	"`executed_at` datetime NOT NULL, `execution_time` integer NOT NULL, " +
	"`error` text NULL, `error_stmt` text NULL, `hash` text NOT NULL, " +
	"`partial_hashes` json NULL, `operator_version` text NOT NULL, PRIMARY KEY (`version`))"

// cloudRevision is a row in which the atlas CLI keeps something else.
const cloudRevision = ".atlas_cloud_identifier"

// bookkeeping are the tables that migration tools and Litestream keep for
// themselves, folded.
var bookkeeping = []string{
	revisionsTable,
	"__diesel_schema_migrations",
	"__drizzle_migrations",
	"_litestream_lock", "_litestream_seq",
	"_prisma_migrations",
	"_sqlx_migrations",
	"alembic_version",
	"ar_internal_metadata", // of Rails, beside schema_migrations
	"d1_migrations",
	"django_migrations",
	"flyway_schema_history",
	"goose_db_version",
	"gorp_migrations",
	"knex_migrations", "knex_migrations_lock",
	"kysely_migration", "kysely_migration_lock",
	"schema_migrations", // of golang-migrate, dbmate and Rails
	"sequelizemeta",
}

// IsBookkeeping reports whether a table belongs to a migration tool, to
// Litestream, Cloudflare or SQLite, and not to the schema.
func IsBookkeeping(table string) bool {
	name := model.Fold(table)
	return slices.Contains(bookkeeping, name) || strings.HasPrefix(name, "sqlite_") || strings.HasPrefix(name, "_cf_")
}

// Revision is a migration that a database has had, in full or in part.
type Revision = migrate.Revision

// IsBaseline reports whether the revision says that a database was already
// there: no file was run, and all up to this one count as applied.
func IsBaseline(r *Revision) bool { return r.Type.Has(migrate.RevisionTypeBaseline) }

// IsPartial reports whether statements of the migration are still missing.
func IsPartial(r *Revision) bool { return r.Applied != r.Total }

// Revisions reads which migrations a database has had, by version. A database
// that knows of no migrations has none.
func Revisions(ctx context.Context, db *database.DB) ([]*Revision, error) {
	return (&revisions{db: db}).ReadRevisions(ctx)
}

// DeleteRevision forgets that a migration was applied.
func DeleteRevision(ctx context.Context, db *database.DB, version string) error {
	return (&revisions{db: db}).DeleteRevision(ctx, version)
}

// revisions is the table of revisions as Atlas's executor wants it.
type revisions struct {
	db      *database.DB
	sealed  bool // nothing is written any more
	created bool // the table is there
}

// Ident returns the name of the table.
func (*revisions) Ident() *migrate.TableIdent { return &migrate.TableIdent{Name: revisionsTable} }

const selectRevisions = "SELECT version, description, type, applied, total, executed_at, execution_time, " +
	"error, error_stmt, hash, partial_hashes, operator_version FROM " + revisionsTable

// ReadRevisions returns all revisions, by version.
func (r *revisions) ReadRevisions(ctx context.Context) ([]*Revision, error) {
	return r.read(ctx, selectRevisions+" WHERE version <> ? ORDER BY version", cloudRevision)
}

// ReadRevision returns the revision of a version, or
// migrate.ErrRevisionNotExist.
func (r *revisions) ReadRevision(ctx context.Context, version string) (*Revision, error) {
	found, err := r.read(ctx, selectRevisions+" WHERE version = ?", version)
	if err == nil && len(found) == 0 {
		err = migrate.ErrRevisionNotExist
	}
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

func (r *revisions) read(ctx context.Context, query, version string) ([]*Revision, error) {
	var tables int
	const there = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?"
	if err := r.db.Row(ctx, there, []any{revisionsTable}, &tables); err != nil || tables == 0 {
		return nil, err
	}
	var found []*Revision
	err := r.db.Query(ctx, func(scan func(...any) error) error {
		revision, err := scanRevision(scan)
		found = append(found, revision)
		return err
	}, query, version)
	if err != nil && ctx.Err() == nil && !database.IsBusy(err) {
		return nil, unreadableRevisions(err)
	}
	return found, err
}

// unreadableRevisions explains a table of that name that is not Atlas's.
func unreadableRevisions(err error) error {
	var problems model.Problems
	problems.Add(model.Position{}, "drop it if no migration was applied by atlas or rowhouse; else restore it from a backup, or make it with the columns that atlas gives it",
		"table %s of the database is not as atlas makes it, so that nothing says which migrations are applied: %v", revisionsTable, err)
	return problems.Err()
}

func scanRevision(scan func(...any) error) (*Revision, error) {
	var (
		r               = &Revision{}
		kind            uint
		nanoseconds     int64
		failure, failed sql.NullString
		hashes          []byte
	)
	err := scan(&r.Version, &r.Description, &kind, &r.Applied, &r.Total, &r.ExecutedAt, &nanoseconds,
		&failure, &failed, &r.Hash, &hashes, &r.OperatorVersion)
	if err == nil && len(hashes) > 0 {
		err = json.Unmarshal(hashes, &r.PartialHashes)
	}
	r.Type, r.ExecutionTime = migrate.RevisionType(kind), time.Duration(nanoseconds)
	r.Error, r.ErrorStmt = failure.String, failed.String
	return r, err
}

const upsertRevision = "INSERT INTO " + revisionsTable + " (version, description, type, applied, total, executed_at, " +
	"execution_time, error, error_stmt, hash, partial_hashes, operator_version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) " +
	"ON CONFLICT (version) DO UPDATE SET description = excluded.description, type = excluded.type, " +
	"applied = excluded.applied, total = excluded.total, executed_at = excluded.executed_at, " +
	"execution_time = excluded.execution_time, error = excluded.error, error_stmt = excluded.error_stmt, " +
	"hash = excluded.hash, partial_hashes = excluded.partial_hashes, operator_version = excluded.operator_version"

// WriteRevision stores a revision, also when the context has ended meanwhile:
// what a statement did must not be forgotten.
func (r *revisions) WriteRevision(ctx context.Context, v *Revision) error {
	if r.sealed {
		return nil
	}
	ctx = context.WithoutCancel(ctx)
	if !r.created {
		if err := r.db.Exec(ctx, createRevisions); err != nil {
			return err
		}
		r.created = true
	}
	hashes, err := json.Marshal(v.PartialHashes)
	if err != nil {
		return err
	}
	return r.db.Exec(ctx, upsertRevision, v.Version, v.Description, uint(v.Type), v.Applied, v.Total, v.ExecutedAt,
		v.ExecutionTime.Nanoseconds(), v.Error, v.ErrorStmt, v.Hash, hashes, v.OperatorVersion)
}

// DeleteRevision removes a revision. It returns migrate.ErrRevisionNotExist
// when there is none.
func (r *revisions) DeleteRevision(ctx context.Context, version string) error {
	if _, err := r.ReadRevision(ctx, version); err != nil {
		return err
	}
	return r.db.Exec(ctx, "DELETE FROM "+revisionsTable+" WHERE version = ?", version)
}
