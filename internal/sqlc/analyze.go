package sqlc

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/rowhouse/rowhouse/internal/config"
	"github.com/rowhouse/rowhouse/internal/model"
)

// Analyze has sqlc analyse the target's queries against the files of its schema, in a
// child process (see [ChildCommand]), and returns them in the order of their
// files. It returns nil, without running sqlc, where there are no queries.
// All that is wrong with the queries is returned together, as
// [model.Problems]; other errors are failures to read files or to run sqlc.
func Analyze(ctx context.Context, root string, target config.Target, schema []model.File) ([]*model.Query, error) {
	statements, problems, err := readQueries(root, target.Queries)
	if err != nil {
		return nil, err
	}
	good := sound(statements)
	if len(good) == 0 {
		return nil, problems.Err()
	}
	request, found, err := analyze(ctx, target, schema, statements)
	if err != nil {
		return nil, err
	}
	problems = append(problems, found...)
	if len(found) > 0 {
		return nil, problems.Err()
	}
	queries, found := compile(good, request.Queries)
	if problems = append(problems, found...); len(problems) > 0 {
		return nil, problems.Err()
	}
	return queries, nil
}

// sound returns the statements without problems.
func sound(statements []*statement) []*statement {
	var good []*statement
	for _, s := range statements {
		if !s.bad {
			good = append(good, s)
		}
	}
	return good
}

// analyze runs sqlc in a folder of its own. The problems are what sqlc says.
func analyze(ctx context.Context, target config.Target, schema []model.File, statements []*statement) (*wireRequest, model.Problems, error) {
	dir, err := os.MkdirTemp("", "rowhouse-sqlc-")
	if err != nil {
		return nil, nil, fmt.Errorf("make a folder for sqlc: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := stage(dir, target, schema, statements); err != nil {
		return nil, nil, err
	}
	stderr, ok, err := runChild(ctx, dir, "generate", "--no-remote")
	if err != nil {
		return nil, nil, err
	}
	if !ok {
		return nil, translate(strings.ReplaceAll(stderr, dir+string(filepath.Separator), ""), statements), nil
	}
	file, err := os.Open(filepath.Join(dir, requestFolder, requestFile))
	if err != nil {
		return nil, nil, fmt.Errorf("read the result of sqlc: %w", err)
	}
	defer func() { _ = file.Close() }()
	request, err := decode(file)
	return request, nil, err
}
