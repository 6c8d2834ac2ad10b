package atlas

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sqlc-dev/meyer/ast"
	"github.com/sqlc-dev/meyer/parser"
	"github.com/sqlc-dev/meyer/token"

	"github.com/rowhouse/rowhouse/internal/database"
	"github.com/rowhouse/rowhouse/internal/model"
)

// maxStatementTime bounds one statement: a recursive query in a schema file
// may never end.
const maxStatementTime = 20 * time.Second

// replay runs scripts on an empty database and remembers where everything
// came from and what went wrong.
type replay struct {
	db       *database.DB
	scripts  []*script
	problems model.Problems
	places   *places
	lost     lost
	timeout  time.Duration         // of one statement
	creating map[string]*statement // by folded table name: see createdLater
}

func startReplay(ctx context.Context, files []File) (*replay, error) {
	db, err := database.Memory(ctx)
	if err != nil {
		return nil, err
	}
	return newReplay(db, files), nil
}

func newReplay(db *database.DB, files []File) *replay {
	r := &replay{db: db, places: newPlaces(), lost: newLost(), timeout: maxStatementTime}
	for _, file := range files {
		r.scripts = append(r.scripts, newScript(file))
	}
	return r
}

// close forgets a database in memory: there is nothing to lose.
func (r *replay) close() { _ = r.db.Close() }

// run replays one script. Its error is that of the replay itself; what is
// wrong with statements goes to r.problems.
func (r *replay) run(ctx context.Context, s *script) error {
	end, unclosed := s.unclosed()
	if unclosed != nil {
		// Whatever follows an unclosed quote is misread: nothing is known
		// about it.
		r.problems = append(r.problems, *unclosed)
		r.lost.everything = true
	}
	for _, st := range s.statements {
		if unclosed != nil && st.end() > end || r.enough() {
			break
		}
		if err := r.statement(ctx, st); err != nil {
			return err
		}
	}
	return nil
}

// maxObjects bounds a schema. SQLite reads its list of all objects for every
// new one, so that the time grows with the square of their number: some
// seconds at this point.
const maxObjects = 10_000

// countObjects reports a schema with too many objects.
func (r *replay) countObjects() {
	count := 0
	for _, s := range r.scripts {
		for _, st := range s.statements {
			if st.head.verb != token.CREATE {
				continue
			}
			if count++; count > maxObjects {
				r.problems.Add(st.pos(), "split the schema into several databases",
					"the schema creates more than %d tables, indexes, views and triggers", maxObjects)
				return
			}
		}
	}
}

// maxProblems is where a replay gives up: a file with so many problems is not
// the schema its user meant.
const maxProblems = 200

func (r *replay) enough() bool { return len(r.problems) >= maxProblems }

// statement runs one statement, and explains it when it fails.
func (r *replay) statement(ctx context.Context, st *statement) error {
	tree, cause, err := r.try(ctx, st)
	if err != nil || cause == nil {
		if err == nil {
			r.places.record(st, tree)
		}
		return err
	}
	if pieces := st.pieces(tree, cause); pieces != nil {
		return r.separately(ctx, pieces)
	}
	if !r.lost.explains(cause) {
		r.problems = append(r.problems, r.explain(st, cause))
	}
	r.lost.add(st, tree, cause)
	return nil
}

// failure is why SQLite refused a statement.
type failure struct {
	message string
	denied  string // why the statement is not allowed; "" if it is
	offset  int    // of the token that does not parse, in the file; -1 if it parses
}

// try runs a statement. It returns its syntax tree, nil when it has none; how
// it failed, nil when it did not; and an error when the replay itself did.
func (r *replay) try(ctx context.Context, st *statement) (ast.Stmt, *failure, error) {
	tree, parseErr := parse(st.sql())
	timed, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	err := r.db.Exec(timed, st.sql())
	if err == nil {
		return tree, nil, nil
	}
	if ctx.Err() != nil {
		return nil, nil, fmt.Errorf("replay the schema: %w", ctx.Err())
	}
	cause := &failure{message: err.Error(), denied: r.db.Denied(), offset: -1}
	if timed.Err() != nil {
		cause.message = fmt.Sprintf("the statement ran for more than %v", r.timeout)
	}
	var syntax *parser.Error
	if errors.As(parseErr, &syntax) && syntax.Message == cause.message && syntax.Offset >= 0 {
		cause.offset = st.start() + syntax.Offset
	}
	return tree, cause, nil
}

// parse parses one statement, with the grammar that the SQLite we run has.
func parse(sql string) (ast.Stmt, error) {
	return parser.Options{UpdateDeleteLimit: true}.ParseStatement(sql)
}

// separately runs what turned out to be several statements without semicolons
// between them.
func (r *replay) separately(ctx context.Context, pieces []*statement) error {
	for i, piece := range pieces {
		if r.enough() {
			break
		}
		before := len(r.problems)
		if err := r.statement(ctx, piece); err != nil {
			return err
		}
		if i < len(pieces)-1 && len(r.problems) == before && !pieces[i].endsBefore(pieces[i+1]) {
			r.problems.Add(pieces[i+1].pos(), `end the statement before it with ";"`,
				"a statement starts inside the one that begins in line %d", piece.pos().Line)
		}
	}
	return nil
}

// pieces returns the statements that a failed one really is, nil if it is
// one: where a semicolon is missing, the syntax error is a CREATE, ALTER or
// DROP that starts a line.
func (st *statement) pieces(tree ast.Stmt, cause *failure) []*statement {
	if tree != nil || cause.offset <= st.start() {
		return nil
	}
	var pieces []*statement
	first, atFault := 0, false
	for i, t := range st.tokens {
		fault := t.Pos == cause.offset
		if i == 0 || !startsStatement(t.Kind) || !st.startsLine(i) || t.Kind != token.CREATE && !fault {
			continue
		}
		atFault = atFault || fault
		pieces = append(pieces, st.script.split(st.tokens[first:i])...)
		first = i
	}
	if !atFault {
		return nil
	}
	return append(pieces, st.script.split(st.tokens[first:])...)
}

// endsBefore reports whether a semicolon stands between two statements.
func (st *statement) endsBefore(next *statement) bool {
	return strings.Contains(st.script.Text[st.end():next.start()], ";")
}

func startsStatement(kind token.Kind) bool {
	return kind == token.CREATE || kind == token.ALTER || kind == token.DROP
}

// startsLine reports whether token i is the first of its line.
func (st *statement) startsLine(i int) bool {
	return i == 0 || st.script.at(st.tokens[i-1].Pos).Line < st.script.at(st.tokens[i].Pos).Line
}
